import type { HttpResponse } from '../http/response.ts';
import { newId } from '../ids.ts';
import { type IdempotencyRecord, type IdempotentRequest, replay } from './request.ts';

/** A request whose record this attempt has started. `lease` proves to the store that the record is still its own. */
export type StartedRequest = IdempotentRequest & { resourceId: string; lease: string };

/** One execution of a request: the id for the resource it creates, and its record if the request has a key. */
export type Execution = { resourceId: string; started: StartedRequest | undefined };

/** A started request, or the record of an attempt that is running or has completed. */
export type StartResult =
  | { kind: 'started'; started: StartedRequest }
  | { kind: 'known'; record: IdempotencyRecord };

/**
 * Where the records of idempotent requests are kept: PostgreSQL or DynamoDB. The response is written by the change
 * store, in the transaction of the effect.
 *
 *     (none) ──start──▶ started ──complete, with the effect──▶ completed ──lifetime over──▶ (none)
 *       ▲                │   ▲
 *       │                │   └── start by a retry, once the lease has expired: same resource id, new lease
 *       └── refused ─────┤
 *                        └── failed: the lease ends now, so that a retry continues at once with the same id
 *
 * The trade-off: a retry that takes over a slow attempt repeats its calls to others, which are keyed by the resource
 * id; only one of the two can commit, since the response is written only under the current lease.
 */
export type IdempotencyStore = {
  /** Starts the request, unless its record is known and neither expired nor abandoned. */
  start(request: IdempotentRequest): Promise<StartResult>;
  /**
   * Gives the record up after a failure. A refusal frees the key for any request; after another failure only the same
   * request may continue. Changes nothing if another attempt owns the record by now, and returns that attempt's record
   * if its response is to be sent instead of the error.
   */
  fail(started: StartedRequest, error: unknown): Promise<IdempotencyRecord | undefined>;
};

/**
 * Runs a request at most once per Idempotency-Key. The effect passes `started` to the change store, which writes the
 * response with the change.
 * @throws IdempotencyKeyReused, RequestInProgress, and what the effect throws
 */
export async function runIdempotently(
  store: IdempotencyStore,
  request: IdempotentRequest | undefined,
  effect: (execution: Execution) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  if (request === undefined) return effect({ resourceId: newId(), started: undefined });
  const start = await store.start(request);
  if (start.kind === 'known') return replay(start.record, request);
  const { started } = start;
  try {
    return await effect({ resourceId: started.resourceId, started });
  } catch (error) {
    const record = await store.fail(started, error);
    if (record !== undefined) return replay(record, request);
    throw error;
  }
}
