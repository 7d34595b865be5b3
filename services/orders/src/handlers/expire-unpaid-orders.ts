import type { Cause } from '#shared/events/event.ts';
import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { nothingElse } from '../adapters/order-store.ts';
import { orders, reader } from '../app.ts';
import { decide } from '../domain/decide.ts';

/** Orders cancelled at once, so that a backlog after an outage neither queues in memory nor floods the database. */
const atOnce = 20;

/** Every minute: cancels what was not paid in time; stock goes back by the event. */
export const handler = scheduleHandler(async (at, cause) => {
  let expired = 0;
  for (;;) {
    const overdue = await reader().overdue(at, atOnce);
    await Promise.all(overdue.map((id) => expire(id, at, cause)));
    expired += overdue.length;
    if (overdue.length < atOnce) return { expired };
  }
});

const expire = (id: string, at: Date, cause: Cause) =>
  orders().change(id, (order) => decide(order, { kind: 'expire', at }), cause, nothingElse);
