import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tables } from '../testing/engines.ts';
import { ConditionsFailed, conditionFailed } from './conditions.ts';
import { dynamo } from './dynamo.ts';
import { check, put, remove, update } from './write.ts';

const { categories: table } = await tables('categories');
const db = dynamo();
const key = (id: string) => ({ category_id: id });

test('values are read as they were written, without undefined fields', async () => {
  const item = {
    ...key('plain'),
    count: 3,
    list: [{ a: 1 }],
    nested: { on: true },
    text: 'ä',
    nothing: null,
  };
  await db.write(put(table, { ...item, absent: undefined }));
  expect(await db.get(table, key('plain'))).toEqual(item);
  expect(await db.get(table, key('missing'))).toBeUndefined();
});

test('a transaction writes all or nothing, and reports the writes whose conditions failed', async () => {
  await db.write(put(table, { ...key('there'), count: 1 }));
  const absent = check(table, key('missing'), { condition: 'attribute_exists(category_id)' });
  const wrong = update(table, key('there'), 'SET #count = :two', {
    condition: '#count = :two',
    names: { '#count': 'count' },
    values: { ':two': 2 },
  });
  const fine = put(table, key('new'));
  const failure = await db.transact([fine, absent, wrong]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConditionsFailed);
  expect([fine, absent, wrong].map((write) => conditionFailed(failure, write))).toEqual([false, true, true]);
  expect(await db.get(table, key('new'))).toBeUndefined();
});

test('a single write reports that its condition failed', async () => {
  await db.write(put(table, key('once')));
  const again = put(table, key('once'), { condition: 'attribute_not_exists(category_id)' });
  expect(conditionFailed(await db.write(again).catch((error: unknown) => error), again)).toBe(true);
  await db.write(remove(table, key('once')));
  await db.write(again);
});

test('a scan continues after its first page', async () => {
  await Promise.all(['a', 'b', 'c'].map((id) => db.write(put(table, key(`scan-${id}`)))));
  const first = await db.scan(table, 2);
  const rest = await db.scan(table, 100, first.next);
  expect(first.items).toHaveLength(2);
  expect(rest.next).toBeUndefined();
  const ids = [...first.items, ...rest.items].map((item) => String(item['category_id']));
  expect(ids.filter((id) => id.startsWith('scan-')).toSorted()).toEqual(['scan-a', 'scan-b', 'scan-c']);
});

test('an unreachable DynamoDB is reported as UNAVAILABLE', async () => {
  const unreachable = dynamo(
    new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1, region: 'eu-west-1' }),
  );
  await expect(unreachable.get(table, key('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
