import {
  type AttemptResult,
  type Begun,
  type FailureLimit,
  type LimitStore,
  placeMs,
  type RequestLimit,
  secondsUntil,
  type Taken,
} from '../limits/limits.ts';
import { partitionKey } from '../limits/partition.ts';
import type { Database } from './database.ts';
import { type Sql, sql } from './sql.ts';

/** Limits in PostgreSQL: one row per partition, changed by single statements, which PostgreSQL runs one after the other. */
export const postgresLimits = (database: Database): LimitStore => ({
  take: (limit, partition, now) => take(database, limit, partitionKey(limit.name, partition), now),
  begin: (limit, partition, now) => begin(database, limit, partitionKey(limit.name, partition), now),
});

/** Keeps the delay a number: it has reached its maximum long before. */
const maxDoublings = 30;

/** Earlier than the clock of any process, which may be behind the one that writes a row. */
const never = new Date(0);

const after = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000);

/** A count of `limit` + 1 says that a request was refused. */
async function take(database: Database, limit: RequestLimit, key: Buffer, now: Date): Promise<Taken> {
  const [row] = await database.query<{ used: number; ends_at: Date }>(
    sql`INSERT INTO request_limits AS l (key, used, ends_at) VALUES (${key}, 1, ${after(now, limit.windowSeconds)})
        ON CONFLICT (key) DO UPDATE
          SET used = CASE WHEN l.ends_at <= ${now} THEN 1 ELSE least(l.used, ${limit.limit}) + 1 END,
              ends_at = CASE WHEN l.ends_at <= ${now} THEN excluded.ends_at ELSE l.ends_at END
        RETURNING used, ends_at`,
  );
  const { used, ends_at: endsAt } = row!;
  return {
    allowed: used <= limit.limit,
    remaining: Math.max(0, limit.limit - used),
    resetSeconds: secondsUntil(endsAt, now),
  };
}

/** Failures that still count, and attempts that still run. */
const counted = (row: Sql, now: Date) => ({
  failures: sql`CASE WHEN ${row}.forgotten_at <= ${now} THEN 0 ELSE ${row}.failures END`,
  pending: sql`CASE WHEN ${row}.pending_until <= ${now} THEN 0 ELSE ${row}.pending END`,
});

/** Whether a row admits another attempt. */
function admits(row: Sql, limit: FailureLimit, now: Date): Sql {
  const { failures, pending } = counted(row, now);
  return sql`(${row}.blocked_until <= ${now}
          AND ((${failures}) + (${pending}) < ${limit.limit} OR (${pending}) = 0))`;
}

/** Attempts that are refused lock nothing: those that end need the row. */
async function begin(database: Database, limit: FailureLimit, key: Buffer, now: Date): Promise<Begun> {
  const row = sql`a`;
  const { failures, pending } = counted(row, now);
  const [found] = await database.query<{ begun: boolean; blocked_until: Date | null }>(
    sql`WITH seen AS (SELECT * FROM failed_attempts WHERE key = ${key}),
             begun AS (
               INSERT INTO failed_attempts AS a (key, failures, pending, pending_until, blocked_until, forgotten_at)
               SELECT ${key}::bytea, 0, 1, ${after(now, placeMs / 1000)}::timestamptz, ${never}::timestamptz, ${never}::timestamptz
                WHERE NOT EXISTS (SELECT FROM seen AS a WHERE NOT ${admits(row, limit, now)})
               ON CONFLICT (key) DO UPDATE
                 SET failures = ${failures}, pending = (${pending}) + 1, pending_until = excluded.pending_until
               WHERE ${admits(row, limit, now)}
               RETURNING 1)
        SELECT EXISTS (SELECT FROM begun) AS begun, (SELECT blocked_until FROM seen) AS blocked_until`,
  );
  const { begun, blocked_until: blockedUntil } = found!;
  if (begun) return { kind: 'begun', end: (result, at) => end(database, limit, key, result, at) };
  return blockedUntil !== null && blockedUntil > now
    ? { kind: 'blocked', seconds: secondsUntil(blockedUntil, now) }
    : { kind: 'busy' };
}

async function end(database: Database, limit: FailureLimit, key: Buffer, result: AttemptResult, now: Date) {
  await database.query(
    sql`UPDATE failed_attempts AS a SET pending = greatest(a.pending - 1, 0), ${effectOf(limit, result, now)}
         WHERE key = ${key}`,
  );
}

function effectOf(limit: FailureLimit, result: AttemptResult, now: Date): Sql {
  if (result === 'succeeded' && limit.resetBySuccess) return sql`failures = 0`;
  if (result !== 'failed') return sql`failures = a.failures`;
  const failures = sql`(${counted(sql`a`, now).failures}) + 1`;
  return sql`failures = ${failures}, forgotten_at = ${after(now, limit.windowSeconds)},
             blocked_until = CASE WHEN ${failures} < ${limit.limit} THEN a.blocked_until
               ELSE ${now}::timestamptz + interval '1 s' * least(${limit.maxDelaySeconds}::float8,
                      ${limit.firstDelaySeconds}::float8 * power(2, least(${failures} - ${limit.limit}, ${maxDoublings})))
             END`;
}

/** Deletes counts that say nothing any more; called by the relay schedule. Returns how many. */
export async function deleteExpiredLimits(database: Database, now: Date): Promise<number> {
  const [row] = await database.query<{ deleted: number }>(
    sql`WITH requests AS (DELETE FROM request_limits WHERE ends_at <= ${now} RETURNING 1),
             failures AS (DELETE FROM failed_attempts WHERE greatest(forgotten_at, pending_until) <= ${now} RETURNING 1)
        SELECT (SELECT count(*) FROM requests) + (SELECT count(*) FROM failures) AS deleted`,
  );
  return row!.deleted;
}
