import { createHash } from 'node:crypto';
import { IdempotencyKeyReused, RequestInProgress } from '../errors.ts';
import { fieldSubject } from '../http/problem.ts';
import type { HttpResponse } from '../http/response.ts';

/**
 * A request that its sender may repeat. `scope` is the route and the caller, so that nobody meets another's key;
 * `fingerprint` tells the same request from another under the same key.
 */
export type IdempotentRequest = { scope: string; key: string; fingerprint: string };

/** How long a key is remembered: the contract promises at least 24 h. */
export const keyLifetimeMs = 25 * 60 * 60 * 1000;
/** After this a request that was started and never finished may be taken up by a retry; longer than any function runs. */
export const startedLeaseMs = 30_000;

/** Header by which a replayed answer is known. */
export const replayedHeader = 'Idempotent-Replayed';

/** What a store remembers of a request. */
export type IdempotencyRecord = {
  fingerprint: string;
  resourceId: string;
  /** Absent while the first request is still running. */
  answer?: HttpResponse;
};

/** SHA-256 over the parts that make two requests the same. */
export const fingerprintOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/**
 * The answer to a repeated request.
 * @throws IdempotencyKeyReused for another request under the same key
 * @throws RequestInProgress while the first is still running
 */
export function replay(record: IdempotencyRecord, request: IdempotentRequest): HttpResponse {
  if (record.fingerprint !== request.fingerprint)
    throw new IdempotencyKeyReused('This Idempotency-Key was used with another request. Use a new key.', {
      subjects: [fieldSubject('Idempotency-Key', 'was used with another request')],
    });
  if (record.answer === undefined)
    throw new RequestInProgress('The first request with this Idempotency-Key is still being handled.', {
      retryAfterSeconds: 1,
    });
  return { ...record.answer, headers: { ...record.answer.headers, [replayedHeader]: 'true' } };
}
