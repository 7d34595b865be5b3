import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../errors.ts';
import { newId } from '../ids.ts';
import { tables } from '../testing/engines.ts';
import { ConditionsFailed } from './conditions.ts';
import { dynamo } from './dynamo.ts';
import { batchTransactions } from './transaction-batcher.ts';
import { put, update } from './write.ts';

const { metrics: table } = await tables('metrics');
const store = dynamo();
let calls = 0;
const transact = batchTransactions({
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

test('concurrent transactions are one call', async () => {
  const keys = Array.from({ length: 20 }, aKey);
  await Promise.all(keys.map((key) => transact([newItem(key), addOne({ ...key, sk: 'n' })])));
  expect(calls).toBe(1);
  for (const key of keys) expect(await store.get(table, { ...key, sk: 'n' })).toMatchObject({ n: 1 });
});

test('more items than a call takes are split into several calls', async () => {
  const keys = Array.from({ length: 45 }, aKey);
  await Promise.all(keys.map((key) => transact(['a', 'b', 'c'].map((sk) => addOne({ ...key, sk })))));
  expect(calls).toBe(2);
  for (const key of keys) expect(await store.get(table, { ...key, sk: 'c' })).toMatchObject({ n: 1 });
});

test('a refused transaction gets its own failed conditions, writes nothing and does not fail the others', async () => {
  const [taken, free, beside] = [aKey(), aKey(), aKey()];
  await transact([newItem(taken)]);
  const again = newItem(taken);
  const results = await Promise.allSettled([
    transact([newItem(free)]),
    transact([again, addOne(beside)]),
    transact([addOne(free)].map((write) => ({ ...write, key: { ...free, sk: 'n' } }) as typeof write)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const [, refused] = results;
  const reason = refused?.status === 'rejected' ? refused.reason : undefined;
  expect(reason).toBeInstanceOf(ConditionsFailed);
  expect([...(reason as ConditionsFailed).failed]).toEqual([again]);
  expect(await store.get(table, beside)).toBeUndefined();
  expect(await store.get(table, free)).toBeDefined();
});

test('several transactions that change one item all succeed', async () => {
  const key = aKey();
  await Promise.all(Array.from({ length: 10 }, () => transact([addOne(key)])));
  expect(await store.get(table, key)).toMatchObject({ n: 10 });
});

test('of two transactions that create one item, one succeeds', async () => {
  const key = aKey();
  const results = await Promise.allSettled([
    transact([newItem(key)]),
    transact([newItem(key)]),
    transact([newItem()]),
  ]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

test('a contended item fails only the transaction that contains it', async () => {
  const [wanted, free] = [aKey(), aKey()];
  const cause = new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  });
  const contended = batchTransactions({
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
