import type { Database, Transaction } from './database.ts';
import { type Sql, sql } from './sql.ts';

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

/** The same record as a part of a larger statement, for what tolerates an event twice by its own state. */
export const handling = (subscriber: string, eventId: string, condition: Sql): Sql =>
  sql`INSERT INTO handled_events (subscriber, event_id)
      SELECT ${subscriber}, ${eventId}::uuid WHERE ${condition} ON CONFLICT DO NOTHING`;

/** Longer than a queue and then its dead-letter queue keep a message (14 days each). */
const keepDays = 30;

/** Forgets events that can no longer be delivered again. Returns how many. */
export async function forgetHandledEvents(database: Database): Promise<number> {
  const rows = await database.query(
    sql`DELETE FROM handled_events WHERE handled_at < clock_timestamp() - ${keepDays} * interval '1 day' RETURNING 1`,
  );
  return rows.length;
}
