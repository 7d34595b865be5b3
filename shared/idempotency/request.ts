import { createHash } from 'node:crypto';
import { IdempotencyKeyReused, RequestInProgress } from '../errors.ts';
import { fieldSubject } from '../http/problem.ts';
import type { HttpResponse } from '../http/response.ts';

/**
 * A request that its client may repeat. `scope` is the route and the caller, so that callers cannot use each other's
 * keys; `fingerprint` distinguishes the same request from another under the same key.
 */
export type IdempotentRequest = { scope: string; key: string; fingerprint: string };

/** How long a record is kept: the API promises at least 24 h. */
export const keyLifetimeMs = 25 * 60 * 60 * 1000;
/** How long an attempt owns its record: longer than any function runs. Afterwards a retry may take it over. */
export const startedLeaseMs = 30_000;

/** The header that marks a replayed response. */
export const replayedHeader = 'Idempotent-Replayed';

/** What a store keeps of a request. */
export type IdempotencyRecord = {
  fingerprint: string;
  resourceId: string;
  /** Absent while the first request is still running. */
  response?: HttpResponse;
};

/** SHA-256 over the parts by which two requests are the same. */
export const fingerprintOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/**
 * The response to a repeated request.
 * @throws IdempotencyKeyReused for another request under the same key
 * @throws RequestInProgress while the first is still running
 */
export function replay(record: IdempotencyRecord, request: IdempotentRequest): HttpResponse {
  if (record.fingerprint !== request.fingerprint)
    throw new IdempotencyKeyReused('This Idempotency-Key was used with another request. Use a new key.', {
      subjects: [fieldSubject('Idempotency-Key', 'was used with another request')],
    });
  if (record.response === undefined)
    throw new RequestInProgress('The first request with this Idempotency-Key is still being processed.', {
      retryAfterSeconds: 1,
    });
  return { ...record.response, headers: { ...record.response.headers, [replayedHeader]: 'true' } };
}

/** A retry has taken the request over: this attempt must not commit anything. */
export const leaseLost = () =>
  new RequestInProgress('A retry with this Idempotency-Key is being processed.', { retryAfterSeconds: 1 });
