import { ShopError } from '../errors.ts';
import type { HttpAnswer } from '../http/response.ts';
import {
  type IdempotencyRecord,
  type IdempotentRequest,
  keyLifetimeMs,
  replay,
  startedLeaseMs,
} from '../idempotency/request.ts';
import { newId } from '../ids.ts';
import type { Database, Transaction } from './database.ts';

/**
 * What a request does: with the id for what it creates (the same on every retry), and `complete`, which writes the
 * answer in the transaction of the effect.
 */
export type IdempotentEffect = (
  resourceId: string,
  complete: (transaction: Transaction, answer: HttpAnswer) => Promise<void>,
) => Promise<HttpAnswer>;

/**
 * Runs a request at most once per key: the record is written as started before the effect and completed in the
 * effect's own transaction; a failure gives the key back.
 * @throws IdempotencyKeyReused, RequestInProgress, and what the effect throws
 */
export async function idempotently(
  database: Database,
  request: IdempotentRequest | undefined,
  effect: IdempotentEffect,
): Promise<HttpAnswer> {
  if (request === undefined) return effect(newId(), async () => {});
  const started = await start(database, request);
  if (started.kind === 'known') return replay(started.record, request);
  try {
    return await effect(started.resourceId, (transaction, answer) => complete(transaction, request, answer));
  } catch (error) {
    await giveBack(database, request, error);
    throw error;
  }
}

type Start = { kind: 'started'; resourceId: string } | { kind: 'known'; record: IdempotencyRecord };

type Row = { fingerprint: string; resource_id: string; answer: HttpAnswer | null; started: boolean };

/** One statement: makes the record, or takes up one that expired or was left unfinished, or reads the one there is. */
async function start(database: Database, request: IdempotentRequest): Promise<Start> {
  const [row] = await database.query<Row>(
    `WITH taken AS (
       INSERT INTO idempotency_keys AS k (scope, key, fingerprint, resource_id, locked_until, expires_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms', clock_timestamp() + $6 * interval '1 ms')
       ON CONFLICT (scope, key) DO UPDATE
         SET fingerprint = excluded.fingerprint,
             resource_id = CASE WHEN k.expires_at < clock_timestamp() THEN excluded.resource_id ELSE k.resource_id END,
             locked_until = excluded.locked_until, expires_at = excluded.expires_at, answer = NULL
         WHERE k.expires_at < clock_timestamp()
            OR (k.answer IS NULL AND k.locked_until < clock_timestamp() AND k.fingerprint = excluded.fingerprint)
       RETURNING fingerprint, resource_id, answer, true AS started)
     SELECT * FROM taken
     UNION ALL
     SELECT fingerprint, resource_id, answer, false FROM idempotency_keys
      WHERE scope = $1 AND key = $2 AND NOT EXISTS (SELECT FROM taken)`,
    [request.scope, request.key, request.fingerprint, newId(), startedLeaseMs, keyLifetimeMs],
  );
  // The statement's snapshot may be older than a record that another request has just written: that one is running.
  if (row === undefined)
    return { kind: 'known', record: { fingerprint: request.fingerprint, resourceId: '' } };
  if (row.started) return { kind: 'started', resourceId: row.resource_id };
  return {
    kind: 'known',
    record: {
      fingerprint: row.fingerprint,
      resourceId: row.resource_id,
      ...(row.answer === null ? {} : { answer: row.answer }),
    },
  };
}

async function complete(
  transaction: Transaction,
  request: IdempotentRequest,
  answer: HttpAnswer,
): Promise<void> {
  await transaction.query('UPDATE idempotency_keys SET answer = $3 WHERE scope = $1 AND key = $2', [
    request.scope,
    request.key,
    JSON.stringify(answer),
  ]);
}

/**
 * A failure burns no key. A refusal did nothing, so the key is free for any request; after a fault an outside call
 * may already carry the id, so that only the same request may take it up, with the same id.
 */
async function giveBack(database: Database, request: IdempotentRequest, error: unknown): Promise<void> {
  const refused = error instanceof ShopError && error.remedy !== 'retry-later';
  await database.query(
    refused
      ? 'DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND answer IS NULL'
      : 'UPDATE idempotency_keys SET locked_until = clock_timestamp() WHERE scope = $1 AND key = $2 AND answer IS NULL',
    [request.scope, request.key],
  );
}

/** Forgets keys past their lifetime; called by each service's housekeeping schedule. Returns how many. */
export async function forgetExpiredKeys(database: Database): Promise<number> {
  const rows = await database.query(
    'DELETE FROM idempotency_keys WHERE expires_at < clock_timestamp() RETURNING 1',
  );
  return rows.length;
}
