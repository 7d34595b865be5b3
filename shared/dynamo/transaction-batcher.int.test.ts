import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../errors.ts';
import { newId } from '../ids.ts';
import { tables } from '../testing/engines.ts';
import { dynamo } from './dynamo.ts';
import { ConditionsFailed } from './refusals.ts';
import { transactTogether } from './transaction-batcher.ts';
import { put, update } from './write.ts';

const { metrics: table } = await tables('metrics');
const store = dynamo();
let calls = 0;
const commit = transactTogether({
  ...store,
  transact: (writes) => {
    calls += 1;
    return store.transact(writes);
  },
});
beforeEach(() => {
  calls = 0;
});

const aKey = () => ({ pk: newId(), sk: 'x' });
const newItem = (key = aKey()) => put(table, key, { condition: 'attribute_not_exists(pk)' });
const addOne = (key: object) => update(table, { ...key }, 'ADD n :one', { values: { ':one': 1 } });

test('transactions at once are one call', async () => {
  const keys = Array.from({ length: 20 }, aKey);
  await Promise.all(keys.map((key) => commit([newItem(key), addOne({ ...key, sk: 'n' })])));
  expect(calls).toBe(1);
  for (const key of keys) expect(await store.get(table, { ...key, sk: 'n' })).toMatchObject({ n: 1 });
});

test('more than a call takes go in several', async () => {
  const keys = Array.from({ length: 45 }, aKey);
  await Promise.all(keys.map((key) => commit(['a', 'b', 'c'].map((sk) => addOne({ ...key, sk })))));
  expect(calls).toBe(2);
  for (const key of keys) expect(await store.get(table, { ...key, sk: 'c' })).toMatchObject({ n: 1 });
});

test('one that is refused hears of its own conditions, writes nothing, and hinders nobody', async () => {
  const [taken, free, beside] = [aKey(), aKey(), aKey()];
  await commit([newItem(taken)]);
  const again = newItem(taken);
  const results = await Promise.allSettled([
    commit([newItem(free)]),
    commit([again, addOne(beside)]),
    commit([addOne(free)].map((write) => ({ ...write, key: { ...free, sk: 'n' } }) as typeof write)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const [, refused] = results;
  const reason = refused?.status === 'rejected' ? refused.reason : undefined;
  expect(reason).toBeInstanceOf(ConditionsFailed);
  expect([...(reason as ConditionsFailed).failed]).toEqual([again]);
  expect(await store.get(table, beside)).toBeUndefined();
  expect(await store.get(table, free)).toBeDefined();
});

test('several that change one item all do, whatever it is', async () => {
  const key = aKey();
  await Promise.all(Array.from({ length: 10 }, () => commit([addOne(key)])));
  expect(await store.get(table, key)).toMatchObject({ n: 10 });
});

test('one item put by two at once is made by one of them', async () => {
  const key = aKey();
  const results = await Promise.allSettled([
    commit([newItem(key)]),
    commit([newItem(key)]),
    commit([newItem()]),
  ]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

test('an item that others fight for keeps nobody from the rest', async () => {
  const [wanted, free] = [aKey(), aKey()];
  const cause = new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  });
  const contended = transactTogether({
    ...store,
    transact: async (writes) => {
      if (writes.some((write) => 'key' in write && write.key === wanted))
        throw new Unavailable('busy', { retryAfterSeconds: 1, cause });
      await store.transact(writes);
    },
  });
  const wanting = { ...addOne({}), key: wanted } as ReturnType<typeof update>;
  const results = await Promise.allSettled([contended([wanting]), contended([addOne(free)])]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(await store.get(table, free)).toMatchObject({ n: 1 });
});
