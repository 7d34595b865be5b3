import type { Database } from './database.ts';
import { type Sql, sql } from './sql.ts';

/** An event that a subscriber handles. */
export type HandledEvent = { subscriber: string; eventId: string };

/**
 * Part of a larger statement: records that a subscriber handled an event, in the transaction of the effect, if
 * `condition` holds. With the outbox this proves completeness: every event that the subscriber's filter lets through
 * has its record. Duplicates are harmless because the aggregate's state makes the second delivery `unchanged`.
 */
export const markHandled = ({ subscriber, eventId }: HandledEvent, condition: Sql): Sql =>
  sql`INSERT INTO handled_events (subscriber, event_id)
      SELECT ${subscriber}, ${eventId}::uuid WHERE ${condition} ON CONFLICT DO NOTHING`;

/** Longer than a queue and then its dead-letter queue keep a message (14 days each). */
const keepDays = 30;

/** Deletes records of events that can no longer be delivered again. Returns how many. */
export async function deleteOldHandledEvents(database: Database): Promise<number> {
  const rows = await database.query(
    sql`DELETE FROM handled_events WHERE handled_at < clock_timestamp() - ${keepDays} * interval '1 day' RETURNING 1`,
  );
  return rows.length;
}
