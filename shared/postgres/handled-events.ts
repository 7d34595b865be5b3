import type { Transaction } from './database.ts';

/**
 * Records that a subscriber handles an event, in the transaction of what it does; false if it already did.
 * With the outbox it proves completeness: every event of the filter has its record.
 */
export async function firstTime(
  transaction: Transaction,
  subscriber: string,
  eventId: string,
): Promise<boolean> {
  const rows = await transaction.query(
    'INSERT INTO handled_events (subscriber, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING event_id',
    [subscriber, eventId],
  );
  return rows.length === 1;
}
