import { type Sql, sql } from './sql.ts';

/**
 * Part of a larger statement: records that an account was erased, if `condition` holds. The record stays, so that an event
 * that arrives later does not store the person again.
 */
export const markErased = (userId: string, condition = sql`true`): Sql =>
  sql`INSERT INTO erased_users (user_id) SELECT ${userId}::uuid WHERE ${condition} ON CONFLICT DO NOTHING`;

/**
 * Part of a larger statement: deletes the stored requests of an account and those whose response is about it, also of
 * staff. An attempt that is still running loses its record and therefore writes nothing. It reads the whole table,
 * which contains the requests of one day.
 */
export const deleteRequestsOf = (userId: string, condition = sql`true`): Sql => sql`
  DELETE FROM idempotency_keys
   WHERE (strpos(scope, ${userId}) > 0 OR strpos(response::text, ${userId}) > 0) AND ${condition}`;

/**
 * How long after an erasure a request that was authorized before it can still write: the authorizer's cache, and
 * retries of its client. The schedules look for such writes, and erase them too.
 */
export const lateWrites: Sql = sql`1 * interval '1 hour'`;
