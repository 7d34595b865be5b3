import type { HttpResponse } from '../http/response.ts';
import { type IdempotencyRecord, type IdempotentRequest, keyLifetimeMs } from '../idempotency/request.ts';
import type { IdempotencyStore, StartedRequest } from '../idempotency/run.ts';
import { newId } from '../ids.ts';
import type { Dynamo } from './dynamo.ts';
import { put, type Write } from './write.ts';

/** A service's own table of idempotency records: no service can read another's responses. */
export type IdempotencyTable = { idempotency: string };

type Row = { id: string; fingerprint: string; resource_id: string; response: string; expiration: number };

const idOf = ({ scope, key }: IdempotentRequest): string => `request#${scope}#${key}`;

const nowSeconds = () => Math.floor(Date.now() / 1000);

/**
 * Idempotency records in DynamoDB. Effects here call no other service before their transaction, so there is nothing to resume and
 * no record of a start, which saves a write per request: of two attempts at the same time one commits, and the other
 * returns its response.
 */
export function dynamoIdempotencyStore(dynamo: Dynamo, table: IdempotencyTable): IdempotencyStore {
  const read = async (request: IdempotentRequest): Promise<IdempotencyRecord | undefined> => {
    const row = await dynamo.get<Row>(table.idempotency, { id: idOf(request) });
    // TTL deletes up to days late: an expired record does not count.
    if (row === undefined || row.expiration < nowSeconds()) return undefined;
    return {
      fingerprint: row.fingerprint,
      resourceId: row.resource_id,
      response: JSON.parse(row.response) as HttpResponse,
    };
  };
  return {
    start: async (request) => {
      const record = await read(request);
      return record === undefined
        ? { kind: 'started', started: { ...request, resourceId: newId(), lease: '' } }
        : { kind: 'known', record };
    },
    // Another attempt may have committed since, which may be why this one failed.
    fail: read,
  };
}

/**
 * The write of a request's response, for the transaction of its effect; its condition fails if another attempt has
 * committed.
 */
export const completionWrite = (
  table: IdempotencyTable,
  started: StartedRequest,
  response: HttpResponse,
): Write =>
  put(
    table.idempotency,
    {
      id: idOf(started),
      fingerprint: started.fingerprint,
      resource_id: started.resourceId,
      response: JSON.stringify(response),
      expiration: Math.floor((Date.now() + keyLifetimeMs) / 1000),
    } satisfies Row,
    { condition: 'attribute_not_exists(id) OR expiration < :now', values: { ':now': nowSeconds() } },
  );
