import { type Decision, refused, unchanged } from '../decider.ts';
import {
  PreconditionFailed,
  RequestInProgress,
  type ShopError,
  Unavailable,
  UnsupportedMediaType,
} from '../errors.ts';
import { OrderCompleted } from '../events/orders.ts';
import { ok } from '../http/response.ts';
import { type IdempotentRequest, replayedHeader } from '../idempotency/request.ts';
import { type Execution, runIdempotently } from '../idempotency/run.ts';
import { newId } from '../ids.ts';
import { aMigratedDatabase } from '../testing/postgres.ts';
import { type ChangeOptions, changeStore, type StoreDefinition } from './change-store.ts';
import { sqlState } from './database.ts';
import { postgresIdempotency } from './idempotency.ts';
import { postgresOutbox } from './outbox.ts';
import { sql } from './sql.ts';

type Counter = { id: string; value: number; version: number };

const { database } = await aMigratedDatabase({
  name: 'test/0001-counters',
  sql: `CREATE TABLE counters (id uuid PRIMARY KEY, value integer CHECK (value < 100), version integer);
        CREATE TABLE steps (counter_id uuid REFERENCES counters, version integer)`,
});
const definition: StoreDefinition<Counter, Counter> = {
  name: 'counter',
  notFound: () => new PreconditionFailed('no counter'),
  select: (id) => sql`SELECT id, value, version FROM counters WHERE id = ${id}`,
  stateOf: ({ id, value, version }) => ({ id, value, version }),
  insert: ({ state }, permitted) => sql`
    written AS (INSERT INTO counters SELECT ${state.id}::uuid, ${state.value}::int, ${state.version}::int
                 WHERE ${permitted} ON CONFLICT DO NOTHING RETURNING id),
    step AS (INSERT INTO steps SELECT id, ${state.version}::int FROM written)`,
  update: ({ state }, permitted) => sql`
    written AS (UPDATE counters SET value = ${state.value}, version = ${state.version}
                 WHERE id = ${state.id} AND version = ${state.version - 1} AND ${permitted} RETURNING id),
    step AS (INSERT INTO steps SELECT id, ${state.version}::int FROM written)`,
  refusalOf: (error) => (sqlState(error) === '23514' ? new UnsupportedMediaType('too large') : undefined),
};
const published: string[] = [];
const outbox = postgresOutbox(database, async ({ aggregateId, sequence }) => {
  published.push(`${aggregateId} ${sequence}`);
  return true;
});
const counters = changeStore(database, outbox, definition);
const idempotency = postgresIdempotency(database);
const cause = { correlationId: 'test' };

const changedTo = (state: Counter): Extract<Decision<Counter>, { kind: 'changed' }> => ({
  kind: 'changed',
  state,
  events: [
    {
      definition: OrderCompleted,
      id: newId(),
      aggregateId: state.id,
      sequence: state.version,
      time: new Date('2026-11-21T12:00:00Z'),
      data: { orderId: state.id, userId: newId(), orderNumber: 'N', totalCents: 1, currency: 'EUR' },
    },
  ],
});
const add =
  (amount: number) =>
  ({ id, value, version }: Counter): Decision<Counter, ShopError> =>
    changedTo({ id, value: value + amount, version: version + 1 });
const aCounter = (options: Partial<ChangeOptions<Counter>> = {}, id = newId()) =>
  counters.create(changedTo({ id, value: 0, version: 1 }), { cause, ...options });
const stored = async (id: string) => (await database.query<Counter>(definition.select(id)))[0];
const count = async (table: string, column: string, id: string) =>
  (await database.query(`SELECT FROM ${table} WHERE ${column} = '${id}'`)).length;
const aRequest = (): IdempotentRequest => ({ scope: 'test', key: newId(), fingerprint: 'same' });
const respond = ({ value }: Counter) => ok({ value });
const expireLease = ({ key }: IdempotentRequest) =>
  database.query(
    sql`UPDATE idempotency_keys SET locked_until = clock_timestamp() - interval '1 s' WHERE key = ${key}`,
  );

describe('a change', () => {
  test('never reports an aggregate as created that was not written', async () => {
    const { id } = await aCounter();
    await expect(aCounter({}, id)).rejects.toThrow(`counter ${id} exists already`);
    expect(await count('steps', 'counter_id', id)).toBe(1);
  });

  test('writes row, child row, event, response and handled mark in one transaction', async () => {
    const request = aRequest();
    const eventId = newId();
    const { id } = await aCounter();
    await runIdempotently(idempotency, request, async ({ started }) =>
      respond(
        await counters.change(id, add(1), {
          cause,
          request: { started, respond },
          handled: { subscriber: 'test', eventId },
        }),
      ),
    );
    const rows = await database.query<{ transaction: string }>(sql`
      SELECT xmin::text AS transaction FROM counters WHERE id = ${id}
      UNION ALL SELECT xmin::text FROM steps WHERE counter_id = ${id} AND version = 2
      UNION ALL SELECT xmin::text FROM idempotency_keys WHERE key = ${request.key}
      UNION ALL SELECT xmin::text FROM handled_events WHERE event_id = ${eventId}`);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
  });

  test('writes state and outbox rows in one transaction', async () => {
    // An outbox without a relay, since the mark that a row is sent is another transaction.
    const unrelayed = changeStore(database, { ...outbox, relay: async () => {} }, definition);
    const { id } = await aCounter();
    await unrelayed.change(id, add(1), { cause });
    const rows = await database.query<{ transaction: string }>(sql`
      SELECT xmin::text AS transaction FROM counters WHERE id = ${id}
      UNION ALL SELECT xmin::text FROM outbox WHERE aggregate_id = ${id} AND sequence = 2`);
    expect(rows).toHaveLength(1 + OrderCompleted.topics.length);
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
  });

  test('is published after the commit', async () => {
    const { id } = await aCounter();
    await counters.change(id, add(1), { cause });
    expect(new Set(published.filter((entry) => entry.startsWith(id)))).toEqual(
      new Set([`${id} 1`, `${id} 2`]),
    );
  });

  test('by several at once is decided again for each, and loses none', async () => {
    const { id } = await aCounter();
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => counters.change(id, add(1), { cause })),
    );
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    expect(await stored(id)).toEqual({ id, value: done, version: done + 1 });
    expect(await count('steps', 'counter_id', id)).toBe(done + 1);
  });

  test('decides first on the state that was last read', async () => {
    const { id } = await aCounter();
    const seen: number[] = [];
    const stale = { id, value: 41, version: 41 };
    const observed = (state: Counter) => {
      seen.push(state.value);
      return add(1)(state);
    };
    await counters.change(id, observed, { cause, lastRead: stale });
    expect(seen).toEqual([41, 0]);
  });

  test('whose version always changes is given up, and writes nothing', async () => {
    const { id } = await aCounter();
    const overtaken = (state: Counter) => add(1)({ ...state, version: state.version + 1 });
    await expect(counters.change(id, overtaken, { cause })).rejects.toThrow(Unavailable);
    expect(await stored(id)).toEqual({ id, value: 0, version: 1 });
    expect(await count('steps', 'counter_id', id)).toBe(1);
  });

  test('of an aggregate that does not exist is not found', async () => {
    await expect(counters.change(newId(), add(1), { cause })).rejects.toThrow('no counter');
  });

  test('that is refused writes nothing', async () => {
    const { id } = await aCounter();
    const refuse = () => refused(new PreconditionFailed('refused'));
    await expect(counters.change(id, refuse, { cause })).rejects.toThrow('refused');
    expect(await stored(id)).toMatchObject({ version: 1 });
  });

  test('that the database refuses is the refusal of the definition', async () => {
    const { id } = await aCounter();
    await expect(counters.change(id, add(100), { cause })).rejects.toThrow(UnsupportedMediaType);
  });

  test('without effect still records the response and the handled event', async () => {
    const [request, eventId] = [aRequest(), newId()];
    const { id } = await aCounter();
    const attempt = async ({ started }: Execution) =>
      respond(
        await counters.change(id, unchanged, {
          cause,
          request: { started, respond },
          handled: { subscriber: 'test', eventId },
        }),
      );
    await runIdempotently(idempotency, request, attempt);
    const replayed = await runIdempotently(idempotency, request, attempt);
    expect(replayed).toEqual({ ...ok({ value: 0 }), headers: { [replayedHeader]: 'true' } });
    expect(await count('handled_events', 'event_id', eventId)).toBe(1);
  });
});

describe('a request that lost its lease', () => {
  const [change, acknowledge, create] = [
    (id: string, options: ChangeOptions<Counter>) => counters.change(id, add(1), options),
    (id: string, options: ChangeOptions<Counter>) => counters.change(id, unchanged, options),
    (id: string, options: ChangeOptions<Counter>) => aCounter(options, id),
  ];
  const existing = async () => (await aCounter()).id;
  const missing = async () => newId();

  test.each([
    ['a change', existing, change],
    ['no change', existing, acknowledge],
    ['a new aggregate', missing, create],
  ])('commits nothing of %s, while its successor is still running', async (_, prepare, write) => {
    const request = aRequest();
    const id = await prepare();
    const before = await stored(id);
    const eventId = newId();
    const attempt = runIdempotently(idempotency, request, async ({ started }) => {
      await expireLease(request);
      // The successor starts and does not finish.
      expect((await idempotency.start(request)).kind).toBe('started');
      const handled = { subscriber: 'test', eventId };
      return respond(await write(id, { cause, request: { started, respond }, handled }));
    });
    await expect(attempt).rejects.toThrow(RequestInProgress);
    expect(await stored(id)).toEqual(before);
    expect(await count('outbox', 'aggregate_id', id)).toBe(before === undefined ? 0 : 2);
    expect(await count('handled_events', 'event_id', eventId)).toBe(0);
    // The record still belongs to the successor.
    expect((await idempotency.start(request)).kind).toBe('known');
  });
});

describe('creating', () => {
  test('an aggregate that exists returns the stored one', async () => {
    const { id } = await aCounter();
    await counters.change(id, add(5), { cause });
    const found = await counters.findOrCreate(changedTo({ id, value: 0, version: 1 }), { cause });
    expect(found).toEqual({ id, value: 5, version: 2 });
    expect(await count('steps', 'counter_id', id)).toBe(2);
  });

  test('the same aggregate at once creates it once', async () => {
    const id = newId();
    const create = () => counters.findOrCreate(changedTo({ id, value: 0, version: 1 }), { cause });
    const created = await Promise.all(Array.from({ length: 5 }, create));
    expect(created).toEqual(Array.from({ length: 5 }, () => ({ id, value: 0, version: 1 })));
    expect(await count('steps', 'counter_id', id)).toBe(1);
  });
});
