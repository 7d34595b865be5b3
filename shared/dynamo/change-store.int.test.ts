import { shopError } from '../errors.ts';
import { StockLow } from '../events/products.ts';
import { ok } from '../http/response.ts';
import { runIdempotently } from '../idempotency/run.ts';
import { newId } from '../ids.ts';
import { tables as freshTables } from '../testing/engines.ts';
import { type ChangeOptions, changeStore, type Decide } from './change-store.ts';
import { dynamo } from './dynamo.ts';
import { dynamoIdempotencyStore } from './idempotency.ts';
import { check, put } from './write.ts';

/** A counter as the aggregate, in the categories table. */
type Counter = { id: string; value: number; parent?: string };

const names = await freshTables('categories', 'products-outbox', 'products-idempotency');
const tables = { outbox: names['products-outbox'], idempotency: names['products-idempotency'] };
const db = dynamo();
const Missing = shopError({ code: 'PRODUCT_NOT_FOUND', remedy: 'not-found', title: 'Missing' });
const NoParent = shopError({ code: 'UNKNOWN_CATEGORY', remedy: 'fix-request', title: 'No parent' });
const Full = shopError({ code: 'OUT_OF_STOCK', remedy: 'conflict', title: 'Full' });
const options: ChangeOptions<Counter> = { cause: { correlationId: 'test' } };

const itemOf = ({ id, ...rest }: Counter) => ({ category_id: id, ...rest });
const requirements = ({ parent }: Counter) =>
  parent === undefined
    ? []
    : [
        {
          write: check(
            names.categories,
            { category_id: parent },
            { condition: 'attribute_exists(category_id)' },
          ),
          refusal: () => new NoParent(parent),
        },
      ];
let reads = 0;
const counters = changeStore<Counter>(db.transact, tables, {
  name: 'counter',
  notFound: (id) => new Missing(id),
  read: async (id) => {
    reads += 1;
    const item = await db.get<Counter & { category_id: string }>(names.categories, { category_id: id });
    return item && { id, value: item.value };
  },
  insert: (counter) => ({
    writes: [put(names.categories, itemOf(counter), { condition: 'attribute_not_exists(category_id)' })],
    requirements: requirements(counter),
  }),
  update: (before, after) => ({
    writes: [
      put(names.categories, itemOf(after), {
        condition: '#value = :before',
        names: { '#value': 'value' },
        values: { ':before': before.value },
      }),
    ],
    requirements: requirements(after),
  }),
});

/** Adds one, with an event whose sequence is the new value. */
const addOne: Decide<Counter> = ({ id, value }) => ({
  kind: 'changed',
  state: { id, value: value + 1 },
  events: [
    {
      definition: StockLow,
      id: newId(),
      aggregateId: id,
      sequence: value + 1,
      time: new Date(),
      data: { productId: id, name: 'Lamp', available: 1 },
    },
  ],
});
const unchanged: Decide<Counter> = (state) => ({ kind: 'unchanged', state });
const aCounter = (over: Partial<Counter> = {}) =>
  counters.create({ kind: 'changed', state: { id: newId(), value: 0, ...over }, events: [] }, options);
const eventsOf = async (id: string) => {
  const page = await db.query({ table: tables.outbox, where: 'aggregate_id = :id', values: { ':id': id } });
  return page.items.length;
};

test('state and events are written together', async () => {
  const { id } = await aCounter();
  expect(await counters.change(id, addOne, options)).toEqual({ id, value: 1 });
  expect([await counters.read(id), await eventsOf(id)]).toEqual([{ id, value: 1 }, 1]);
});

test('concurrent changes all count, each decided on the state that it replaces', async () => {
  const { id } = await aCounter();
  await Promise.all(Array.from({ length: 5 }, () => counters.change(id, addOne, options)));
  expect([await counters.read(id), await eventsOf(id)]).toEqual([{ id, value: 5 }, 5]);
});

test('the state that was read last saves the first read, and is read again after a conflict', async () => {
  const lastRead = await aCounter();
  reads = 0;
  await counters.change(lastRead.id, addOne, { ...options, lastRead });
  expect(reads).toBe(0);
  expect((await counters.change(lastRead.id, addOne, { ...options, lastRead })).value).toBe(2);
  expect(reads).toBe(1);
});

test('a state that keeps changing ends in UNAVAILABLE', async () => {
  const { id } = await aCounter();
  let attempts = 0;
  const overtaken: Decide<Counter> = (state) => {
    attempts += 1;
    return { kind: 'changed', state: { ...state, value: -1 }, events: [] };
  };
  const stale = changeStore<Counter>(db.transact, tables, {
    name: 'counter',
    notFound: (missing) => new Missing(missing),
    read: async () => ({ id, value: 99 }),
    insert: () => ({ writes: [] }),
    update: (before) => ({
      writes: [
        check(
          names.categories,
          { category_id: id },
          {
            condition: '#value = :before',
            names: { '#value': 'value' },
            values: { ':before': before.value },
          },
        ),
      ],
    }),
  });
  await expect(stale.change(id, overtaken, options)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(attempts).toBe(10);
});

test('a refusal is thrown and nothing is written', async () => {
  const { id } = await aCounter();
  const refuse: Decide<Counter> = () => ({ kind: 'refused', refusal: new Full('full') });
  await expect(counters.change(id, refuse, options)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  await expect(counters.change(newId(), addOne, options)).rejects.toMatchObject({
    code: 'PRODUCT_NOT_FOUND',
  });
});

test('a failed requirement is its own refusal, not a conflict', async () => {
  await expect(aCounter({ parent: newId() })).rejects.toMatchObject({ code: 'UNKNOWN_CATEGORY' });
  const { id: parent } = await aCounter();
  expect((await aCounter({ parent })).parent).toBe(parent);
});

test('an event is handled once, also by deliveries at the same time', async () => {
  const { id } = await aCounter();
  const handled = { subscriber: 'test', eventId: newId() };
  await Promise.all([1, 2, 3].map(() => counters.change(id, addOne, { ...options, handled })));
  expect(await counters.change(id, addOne, { ...options, handled })).toEqual({ id, value: 1 });
});

test('an event that changes nothing is marked as handled too', async () => {
  const { id } = await aCounter();
  const handled = { subscriber: 'test', eventId: newId() };
  await counters.change(id, unchanged, { ...options, handled });
  expect(await counters.change(id, addOne, { ...options, handled })).toEqual({ id, value: 0 });
  const other = { subscriber: 'test', eventId: newId() };
  await counters.acknowledge(other);
  expect(await counters.change(id, addOne, { ...options, handled: other })).toEqual({ id, value: 0 });
});

test.each([
  ['changes the state', addOne, 1],
  ['changes nothing', unchanged, 0],
])('the response to a request that %s is written with it', async (_, decide, value) => {
  const { id } = await aCounter();
  const requests = dynamoIdempotencyStore(db, tables);
  const respond = (counter: Counter) => ok(counter);
  const send = (key: string) =>
    runIdempotently(requests, { scope: 'test', key, fingerprint: 'x' }, async ({ started }) =>
      respond(await counters.change(id, decide, { ...options, request: { started, respond } })),
    );
  const key = newId();
  const responses = await Promise.all([send(key), send(key), send(key)]);
  expect((await send(key)).headers).toEqual({ 'Idempotent-Replayed': 'true' });
  expect(responses.map(({ body }) => body)).toEqual(Array(3).fill({ id, value }));
  expect(await counters.read(id)).toEqual({ id, value });
});
