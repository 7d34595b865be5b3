import { randomUUID } from 'node:crypto';
import { shopError } from '../errors.ts';
import { ok } from '../http/response.ts';
import type { IdempotentRequest } from '../idempotency/request.ts';
import { runIdempotently } from '../idempotency/run.ts';
import { tables as freshTables } from '../testing/engines.ts';
import { expiryOf } from '../testing/time-to-live.ts';
import { dynamo } from './dynamo.ts';
import { completionWrite, dynamoIdempotencyStore } from './idempotency.ts';
import { put } from './write.ts';

const tables = await freshTables('categories', 'products-idempotency');
const db = dynamo();
const table = { idempotency: tables['products-idempotency'] };
const store = dynamoIdempotencyStore(db, table);
const Refused = shopError({ code: 'BAD_REQUEST', remedy: 'conflict', title: 'Refused' });
const aRequest = (): IdempotentRequest => ({ scope: 'route:user', key: randomUUID(), fingerprint: 'one' });
const idOf = ({ scope, key }: IdempotentRequest) => `request#${scope}#${key}`;

/** Creates an item under the resource id of each attempt, and lists the attempts. */
function aCreator() {
  const attempts: string[] = [];
  const create = (request: IdempotentRequest | undefined) =>
    runIdempotently(store, request, async ({ resourceId, started }) => {
      attempts.push(resourceId);
      const response = ok({ id: resourceId });
      await db.transact([
        put(tables.categories, { category_id: resourceId }),
        ...(started === undefined ? [] : [completionWrite(table, started, response)]),
      ]);
      return response;
    });
  return { create, attempts };
}

test('a repeated request gets the first response, marked as replayed, without another effect', async () => {
  const { create, attempts } = aCreator();
  const request = aRequest();
  const first = await create(request);
  expect(await create(request)).toEqual({ ...first, headers: { 'Idempotent-Replayed': 'true' } });
  expect(attempts).toHaveLength(1);
});

test('ten concurrent attempts have one effect and one response', async () => {
  const { create, attempts } = aCreator();
  const request = aRequest();
  const responses = await Promise.all(Array.from({ length: 10 }, () => create(request)));
  expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  const items = await Promise.all(attempts.map((id) => db.get(tables.categories, { category_id: id })));
  expect(items.filter(Boolean)).toHaveLength(1);
});

test('another request under the same key is refused', async () => {
  const { create } = aCreator();
  const request = aRequest();
  await create(request);
  await expect(create({ ...request, fingerprint: 'two' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});

test('a refusal frees the key', async () => {
  const request = aRequest();
  const refuse = () => Promise.reject(new Refused('not now'));
  await expect(runIdempotently(store, request, refuse)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect((await aCreator().create({ ...request, fingerprint: 'two' })).status).toBe(200);
});

test('an attempt that is refused because another has committed returns that response', async () => {
  const request = aRequest();
  const winner = aCreator();
  const response = await runIdempotently(store, request, async () => {
    await winner.create(request);
    throw new Refused('it exists already');
  });
  expect(response.headers).toEqual({ 'Idempotent-Replayed': 'true' });
});

test('an expired record does not count', async () => {
  const { create, attempts } = aCreator();
  const request = aRequest();
  await create(request);
  const record = await db.get(table.idempotency, { id: idOf(request) });
  await db.write(put(table.idempotency, { ...record, expiration: 1 }));
  await create(request);
  expect(attempts).toHaveLength(2);
});

test('a record is deleted after 25 hours, longer than the 24 that the API promises', async () => {
  const request = aRequest();
  await aCreator().create(request);
  const expiry = await expiryOf(
    'products-idempotency',
    await db.get(table.idempotency, { id: idOf(request) }),
  );
  expect((expiry!.getTime() - Date.now()) / 3_600_000).toBeCloseTo(25, 1);
});

test('requests without a key are all executed', async () => {
  const { create, attempts } = aCreator();
  await create(undefined);
  await create(undefined);
  expect(attempts).toHaveLength(2);
});
