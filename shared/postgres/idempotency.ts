import { RequestInProgress, ShopError } from '../errors.ts';
import type { HttpResponse } from '../http/response.ts';
import {
  type IdempotencyRecord,
  type IdempotentRequest,
  keyLifetimeMs,
  replay,
  startedLeaseMs,
} from '../idempotency/request.ts';
import { newId } from '../ids.ts';
import { logger } from '../lambda/telemetry.ts';
import type { Database, Transaction } from './database.ts';
import { type Sql, sql } from './sql.ts';

/** Writes the answer to a request in the transaction of what the request did. */
export type Completion = {
  /** @throws RequestInProgress if a retry took the request over in the meantime: then nothing may commit */
  (transaction: Transaction, answer: HttpResponse): Promise<void>;
  /**
   * The same as a part of a larger statement, done only if `condition` holds: it returns one row, or none if a retry
   * took the request over.
   */
  part(answer: HttpResponse, condition: Sql): Sql;
};

/**
 * What a request does: with the id for what it creates (the same on every retry), and `complete`, which writes the
 * answer in the transaction of the effect.
 */
export type IdempotentEffect = (resourceId: string, complete: Completion) => Promise<HttpResponse>;

/**
 * Runs a request at most once per key: the record is written as started before the effect and completed in the
 * effect's own transaction; a failure gives the key back.
 * @throws IdempotencyKeyReused, RequestInProgress, and what the effect throws
 */
export async function idempotently(
  database: Database,
  request: IdempotentRequest | undefined,
  effect: IdempotentEffect,
): Promise<HttpResponse> {
  if (request === undefined)
    return effect(
      newId(),
      completion((_, condition) => sql`SELECT 1 WHERE ${condition}`),
    );
  const started = await start(database, request);
  if (started.kind === 'known') return replay(started.record, request);
  try {
    return await effect(
      started.resourceId,
      completion((answer, condition) => completing(request, started.lease, answer, condition)),
    );
  } catch (error) {
    await giveBack(database, request, started.lease, error);
    throw error;
  }
}

/** The request was taken over by a retry of it: what this one did must not commit. */
export const takenOver = () =>
  new RequestInProgress('A retry with this Idempotency-Key is being handled.', { retryAfterSeconds: 1 });

function completion(part: Completion['part']): Completion {
  const complete = async (transaction: Transaction, answer: HttpResponse) => {
    if ((await transaction.query(part(answer, sql`true`))).length === 0) throw takenOver();
  };
  return Object.assign(complete, { part });
}

type Start =
  | { kind: 'started'; resourceId: string; lease: string }
  | { kind: 'known'; record: IdempotencyRecord };

type Row = {
  fingerprint: string;
  resource_id: string;
  answer: HttpResponse | null;
  lease: string;
  started: boolean;
};

/**
 * One statement: makes the record, or takes up one that expired or was left unfinished, or reads the one there is.
 * The end of the lease, as text to the microsecond, is the token by which the winner is told from a late loser.
 */
async function start(database: Database, request: IdempotentRequest): Promise<Start> {
  const { scope, key, fingerprint } = request;
  const [row] = await database.query<Row>(
    sql`WITH taken AS (
       INSERT INTO idempotency_keys AS k (scope, key, fingerprint, resource_id, locked_until, expires_at)
       VALUES (${scope}, ${key}, ${fingerprint}, ${newId()}, clock_timestamp() + ${startedLeaseMs} * interval '1 ms',
               clock_timestamp() + ${keyLifetimeMs} * interval '1 ms')
       ON CONFLICT (scope, key) DO UPDATE
         SET fingerprint = excluded.fingerprint,
             resource_id = CASE WHEN k.expires_at < clock_timestamp() THEN excluded.resource_id ELSE k.resource_id END,
             locked_until = excluded.locked_until, expires_at = excluded.expires_at, answer = NULL
         WHERE k.expires_at < clock_timestamp()
            OR (k.answer IS NULL AND k.locked_until < clock_timestamp() AND k.fingerprint = excluded.fingerprint)
       RETURNING fingerprint, resource_id, answer, locked_until::text AS lease, true AS started)
     SELECT * FROM taken
     UNION ALL
     SELECT fingerprint, resource_id, answer, '', false FROM idempotency_keys
      WHERE scope = ${scope} AND key = ${key} AND NOT EXISTS (SELECT FROM taken)`,
  );
  // The statement's snapshot may be older than a record that another request has just written: that one is running.
  if (row === undefined)
    return { kind: 'known', record: { fingerprint: request.fingerprint, resourceId: '' } };
  if (row.started) return { kind: 'started', resourceId: row.resource_id, lease: row.lease };
  return {
    kind: 'known',
    record: {
      fingerprint: row.fingerprint,
      resourceId: row.resource_id,
      ...(row.answer === null ? {} : { response: row.answer }),
    },
  };
}

const completing = (request: IdempotentRequest, lease: string, answer: HttpResponse, condition: Sql): Sql =>
  sql`UPDATE idempotency_keys SET answer = ${JSON.stringify(answer)}
       WHERE scope = ${request.scope} AND key = ${request.key}
         AND answer IS NULL AND locked_until = ${lease}::timestamptz AND ${condition}
      RETURNING 1`;

/**
 * A failure burns no key. A refusal did nothing, so the key is free for any request; after a fault an outside call
 * may already carry the id, so that only the same request may take it up, with the same id.
 */
async function giveBack(
  database: Database,
  request: IdempotentRequest,
  lease: string,
  error: unknown,
): Promise<void> {
  const refused = error instanceof ShopError && error.remedy !== 'retry-later';
  const mine = sql`scope = ${request.scope} AND key = ${request.key}
                   AND answer IS NULL AND locked_until = ${lease}::timestamptz`;
  try {
    await database.query(
      refused
        ? sql`DELETE FROM idempotency_keys WHERE ${mine}`
        : sql`UPDATE idempotency_keys SET locked_until = clock_timestamp() WHERE ${mine}`,
    );
  } catch (failure) {
    // The lease ends by itself; the caller must hear of the first error, not of this one.
    logger.warn('idempotency key not given back, its lease will lapse', failure as Error);
  }
}

/** Forgets keys past their lifetime; called by each service's housekeeping schedule. Returns how many. */
export async function forgetExpiredKeys(database: Database): Promise<number> {
  const rows = await database.query(
    'DELETE FROM idempotency_keys WHERE expires_at < clock_timestamp() RETURNING 1',
  );
  return rows.length;
}
