import { ShopError } from '../errors.ts';
import type { HttpResponse } from '../http/response.ts';
import { type IdempotentRequest, keyLifetimeMs, startedLeaseMs } from '../idempotency/request.ts';
import type { IdempotencyStore, StartedRequest, StartResult } from '../idempotency/run.ts';
import { newId } from '../ids.ts';
import { logger } from '../lambda/telemetry.ts';
import type { Database } from './database.ts';
import { type Sql, sql } from './sql.ts';

/** Idempotency records in PostgreSQL; see {@link IdempotencyStore} for their states. */
export const postgresIdempotency = (database: Database): IdempotencyStore => ({
  start: (request) => start(database, request),
  fail: async (started, error) => {
    await giveUp(database, started, error);
    return undefined;
  },
});

type Row = {
  fingerprint: string;
  resource_id: string;
  response: HttpResponse | null;
  lease: string;
  started: boolean;
};

/**
 * One statement: creates the record, takes over an expired or abandoned one, or reads the existing one. The lease is
 * the time at which it ends, as text to the microsecond.
 */
async function start(database: Database, request: IdempotentRequest): Promise<StartResult> {
  const { scope, key, fingerprint } = request;
  const [row] = await database.query<Row>(
    sql`WITH started AS (
       INSERT INTO idempotency_keys AS k (scope, key, fingerprint, resource_id, locked_until, expires_at)
       VALUES (${scope}, ${key}, ${fingerprint}, ${newId()}, clock_timestamp() + ${startedLeaseMs} * interval '1 ms',
               clock_timestamp() + ${keyLifetimeMs} * interval '1 ms')
       ON CONFLICT (scope, key) DO UPDATE
         SET fingerprint = excluded.fingerprint,
             resource_id = CASE WHEN k.expires_at < clock_timestamp() THEN excluded.resource_id ELSE k.resource_id END,
             locked_until = excluded.locked_until, expires_at = excluded.expires_at, response = NULL
         WHERE k.expires_at < clock_timestamp()
            OR (k.response IS NULL AND k.locked_until < clock_timestamp() AND k.fingerprint = excluded.fingerprint)
       RETURNING fingerprint, resource_id, response, locked_until::text AS lease, true AS started)
     SELECT * FROM started
     UNION ALL
     SELECT fingerprint, resource_id, response, '', false FROM idempotency_keys
      WHERE scope = ${scope} AND key = ${key} AND NOT EXISTS (SELECT FROM started)`,
  );
  // The statement's snapshot may be older than a record that another request has just written: that one is running.
  if (row === undefined) return { kind: 'known', record: { fingerprint, resourceId: '' } };
  const { resource_id: resourceId, lease } = row;
  if (row.started) return { kind: 'started', started: { ...request, resourceId, lease } };
  return {
    kind: 'known',
    record: {
      fingerprint: row.fingerprint,
      resourceId,
      ...(row.response === null ? {} : { response: row.response }),
    },
  };
}

const ownedBy = ({ scope, key, lease }: StartedRequest): Sql =>
  sql`scope = ${scope} AND key = ${key} AND response IS NULL AND locked_until = ${lease}::timestamptz`;

/**
 * Part of a larger statement: locks the record until the transaction ends. Returns no row if a retry has taken it
 * over; a retry that comes now waits for the lock.
 */
export const lockLease = (started: StartedRequest): Sql =>
  sql`SELECT FROM idempotency_keys WHERE ${ownedBy(started)} FOR UPDATE`;

/** Part of a larger statement: writes the response if `condition` holds. Returns no row if a retry has taken over. */
export const completeRequest = (started: StartedRequest, response: HttpResponse, condition: Sql): Sql =>
  sql`UPDATE idempotency_keys SET response = ${JSON.stringify(response)}
       WHERE ${ownedBy(started)} AND ${condition} RETURNING 1`;

/** A failure to do this costs only time, and must not hide the first error: the lease expires by itself. */
async function giveUp(database: Database, started: StartedRequest, error: unknown): Promise<void> {
  const isRefusal = error instanceof ShopError && error.remedy !== 'retry-later';
  try {
    await database.query(
      isRefusal
        ? sql`DELETE FROM idempotency_keys WHERE ${ownedBy(started)}`
        : sql`UPDATE idempotency_keys SET locked_until = clock_timestamp() WHERE ${ownedBy(started)}`,
    );
  } catch (failure) {
    logger.warn('idempotency key not released, its lease will expire', failure as Error);
  }
}

/** Deletes records past their lifetime; called by each service's relay schedule. Returns how many. */
export async function deleteExpiredKeys(database: Database): Promise<number> {
  const rows = await database.query(
    'DELETE FROM idempotency_keys WHERE expires_at < clock_timestamp() RETURNING 1',
  );
  return rows.length;
}
