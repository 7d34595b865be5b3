import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { scheduleHandler } from '#shared/lambda/schedule.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { orders, reader } from '../app.ts';
import { decideOrder } from '../domain/decide.ts';

/** Orders cancelled at once, so that a backlog after an outage neither fills the memory nor floods the database. */
const batchSize = 20;

/** Every minute: cancels orders that were not paid in time. An order that fails does not stop the others. */
export const handler = scheduleHandler(async (at, cause) => {
  let expired = 0;
  const failed: string[] = [];
  for (;;) {
    const overdue = await reader().overdue(at, batchSize, failed);
    const results = await Promise.allSettled(overdue.map((id) => expire(id, at, cause)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') expired += 1;
      else {
        const orderId = overdue[index]!;
        logger.error('overdue order not cancelled', { orderId, error: result.reason as Error });
        failed.push(orderId);
      }
    }
    if (overdue.length < batchSize) break;
  }
  if (failed.length > 0) throw new Error(`${failed.length} overdue orders were not cancelled`);
  return { expired };
});

const expire = (id: string, at: Date, cause: Cause) =>
  orders().change(id, (order) => decideOrder(order, { kind: 'expire', at, eventId: newId() }), { cause });
