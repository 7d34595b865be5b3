import type { HttpResponse } from '../http/response.ts';
import {
  type IdempotencyRecord,
  type IdempotentRequest,
  keyLifetimeMs,
  replay,
} from '../idempotency/request.ts';
import { newId } from '../ids.ts';
import type { Dynamo } from './dynamo.ts';
import { put, type Write } from './write.ts';

/** Where a service keeps the requests it has answered. */
export type IdempotencyStore = { table: string; service: string };

/**
 * What a request does: with the id for what it creates, and `complete`, which gives the writes that belong into the
 * transaction of the effect (none if the sender gave no key).
 */
export type IdempotentEffect = (
  resourceId: string,
  complete: (answer: HttpResponse) => Write[],
) => Promise<HttpResponse>;

/**
 * Runs a request at most once per key: its record is written in the effect's own TransactWriteItems. Effects here
 * have no outside call before that transaction, so that there is nothing to resume and no record of a start: a
 * request that fails burns no key, and of two at once one commits and the other replays its answer.
 * @throws IdempotencyKeyReused, and what the effect throws
 */
export async function idempotently(
  dynamo: Dynamo,
  store: IdempotencyStore,
  request: IdempotentRequest | undefined,
  effect: IdempotentEffect,
): Promise<HttpResponse> {
  if (request === undefined) return effect(newId(), () => []);
  const known = await read(dynamo, store, request);
  if (known !== undefined) return replay(known, request);
  const resourceId = newId();
  try {
    return await effect(resourceId, (answer) => [toWrite(store, request, resourceId, answer)]);
  } catch (error) {
    // The other of two equal requests may have committed in between, whatever this one was refused for.
    const winner = await read(dynamo, store, request);
    if (winner !== undefined) return replay(winner, request);
    throw error;
  }
}

type Row = { fingerprint: string; resource_id: string; answer: string; expiration: number };

const keyOf = ({ service }: IdempotencyStore, { scope, key }: IdempotentRequest) => ({
  id: `request#${service}#${scope}#${key}`,
});

const nowSeconds = () => Math.floor(Date.now() / 1000);

async function read(
  dynamo: Dynamo,
  store: IdempotencyStore,
  request: IdempotentRequest,
): Promise<IdempotencyRecord | undefined> {
  const row = await dynamo.get<Row>(store.table, keyOf(store, request));
  // TTL deletes late (within days): an expired record is as good as gone.
  if (row === undefined || row.expiration < nowSeconds()) return undefined;
  return {
    fingerprint: row.fingerprint,
    resourceId: row.resource_id,
    response: JSON.parse(row.answer) as HttpResponse,
  };
}

const toWrite = (
  store: IdempotencyStore,
  request: IdempotentRequest,
  resourceId: string,
  answer: HttpResponse,
): Write =>
  put(
    store.table,
    {
      ...keyOf(store, request),
      fingerprint: request.fingerprint,
      resource_id: resourceId,
      answer: JSON.stringify(answer),
      expiration: Math.floor((Date.now() + keyLifetimeMs) / 1000),
    },
    { condition: 'attribute_not_exists(id) OR expiration < :now', values: { ':now': nowSeconds() } },
  );
