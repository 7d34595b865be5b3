import { deleteOldHandledEvents } from '#shared/postgres/handled-events.ts';
import { deleteExpiredKeys } from '#shared/postgres/idempotency.ts';
import { relaySchedule } from '#shared/postgres/relay-schedule.ts';
import { commandMeta, customers, database, orders, outbox } from '../app.ts';
import { eraseCustomer } from '../workflows/erase-customer.ts';

/**
 * Every minute: publishes the events that the relay after a commit left, deletes expired records, and repeats recent
 * erasures for orders that were being placed meanwhile.
 */
export const handler = relaySchedule(outbox, async () => ({
  deletedKeys: await deleteExpiredKeys(database()),
  deletedHandledEvents: await deleteOldHandledEvents(database()),
  erasedAgain: await eraseLateOrders(),
}));

async function eraseLateOrders(): Promise<number> {
  const erased = await customers().erasedWithLateOrders();
  const deps = { customers: customers(), orders: orders(), commandMeta };
  for (const userId of erased) await eraseCustomer(deps, userId, { correlationId: userId });
  return erased.length;
}
