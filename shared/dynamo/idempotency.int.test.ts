import { randomUUID } from 'node:crypto';
import { shopError } from '../errors.ts';
import { ok } from '../http/response.ts';
import { tables as freshTables } from '../testing/engines.ts';
import { dynamo } from './dynamo.ts';
import { idempotently } from './idempotency.ts';
import { put } from './write.ts';

const tables = await freshTables('categories', 'idempotency');
const db = dynamo();
const store = { table: tables.idempotency, service: 'test' };
const Refused = shopError({ code: 'BAD_REQUEST', remedy: 'conflict', title: 'Refused' });
const aRequest = () => ({ scope: 'route:user', key: randomUUID(), fingerprint: 'one' });

/** Makes a thing under the id that it is given; counts how often it tried. */
function maker() {
  const tried: string[] = [];
  const make = (request: ReturnType<typeof aRequest> | undefined) =>
    idempotently(db, store, request, async (id, complete) => {
      tried.push(id);
      const answer = ok({ id });
      await db.transact([
        put(tables.categories, { category_id: id }, { condition: 'attribute_not_exists(category_id)' }),
        ...complete(answer),
      ]);
      return answer;
    });
  return { make, tried };
}

test('the same request again is answered as the first time, marked, and does nothing', async () => {
  const { make, tried } = maker();
  const request = aRequest();
  const first = await make(request);
  expect(await make(request)).toEqual({ ...first, headers: { 'Idempotent-Replayed': 'true' } });
  expect(tried).toHaveLength(1);
});

test('ten at once have one effect and one answer', async () => {
  const { make, tried } = maker();
  const request = aRequest();
  const answers = await Promise.all(Array.from({ length: 10 }, () => make(request)));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  const made = await Promise.all(tried.map((id) => db.get(tables.categories, { category_id: id })));
  expect(made.filter(Boolean)).toHaveLength(1);
});

test('another request under the same key is refused', async () => {
  const { make } = maker();
  const request = aRequest();
  await make(request);
  await expect(make({ ...request, fingerprint: 'two' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});

test('a refusal burns no key', async () => {
  const request = aRequest();
  const refuse = () => Promise.reject(new Refused('not now'));
  await expect(idempotently(db, store, request, refuse)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect((await maker().make({ ...request, fingerprint: 'two' })).status).toBe(200);
});

test('one of two at once that is refused because the other won answers as the other', async () => {
  const request = aRequest();
  const winner = maker();
  const answer = await idempotently(db, store, request, async () => {
    await winner.make(request);
    throw new Refused('it is there already');
  });
  expect(answer.headers).toEqual({ 'Idempotent-Replayed': 'true' });
});

test('a record past its time is as good as gone', async () => {
  const { make, tried } = maker();
  const request = aRequest();
  await make(request);
  const id = `request#test#${request.scope}#${request.key}`;
  const record = await db.get(tables.idempotency, { id });
  await db.write(put(tables.idempotency, { ...record, expiration: 1 }));
  await make(request);
  expect(tried).toHaveLength(2);
});

test('without a key every request is another', async () => {
  const { make, tried } = maker();
  await make(undefined);
  await make(undefined);
  expect(tried).toHaveLength(2);
});
