import type { Cause } from '#shared/events/event.ts';
import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { nothingElse } from '../adapters/order-store.ts';
import { orders, reader } from '../app.ts';
import { decide } from '../domain/decide.ts';

/** Orders cancelled at once, so that a backlog after an outage neither queues in memory nor floods the database. */
const atOnce = 20;

/** Every minute: cancels what was not paid in time; stock goes back by the event. An order that fails stops no other. */
export const handler = scheduleHandler(async (at, cause) => {
  let expired = 0;
  const failed: string[] = [];
  for (;;) {
    const overdue = await reader().overdue(at, atOnce, failed);
    const outcomes = await Promise.allSettled(overdue.map((id) => expire(id, at, cause)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expired += 1;
      else {
        const orderId = overdue[index]!;
        logger.error('overdue order not cancelled', { orderId, error: outcome.reason as Error });
        failed.push(orderId);
      }
    }
    if (overdue.length < atOnce) break;
  }
  if (failed.length > 0) throw new Error(`${failed.length} overdue orders were not cancelled`);
  return { expired };
});

const expire = (id: string, at: Date, cause: Cause) =>
  orders().change(id, (order) => decide(order, { kind: 'expire', at }), cause, nothingElse);
