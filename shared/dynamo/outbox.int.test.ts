import { StockLow } from '../events/products.ts';
import { newId } from '../ids.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { tables } from '../testing/engines.ts';
import { expiryOf } from '../testing/time-to-live.ts';
import { ConditionsFailed } from './conditions.ts';
import { dynamo } from './dynamo.ts';
import { dynamoRelay, outboxWrites } from './outbox.ts';

const { 'products-outbox': table } = await tables('products-outbox');
const db = dynamo();
const later = () => new Date(Date.now() + 61_000);

const writeEvents = (aggregateId: string, ...sequences: number[]) =>
  db.transact(
    outboxWrites(
      table,
      sequences.map((sequence) => ({
        definition: StockLow,
        id: newId(),
        aggregateId,
        sequence,
        time: new Date(),
        data: { productId: aggregateId, name: 'Lamp', available: 1 },
      })),
      { correlationId: 'test' },
    ),
  );

/** A relay whose publisher accepts what `accepts` returns true for, and records it. */
function aRelay(accepts: (entry: OutboxEntry) => boolean = () => true) {
  const published: string[] = [];
  const relay = dynamoRelay(db, table, async (entry) => {
    if (!accepts(entry)) return false;
    published.push(`${entry.aggregateId} ${entry.sequence}`);
    return true;
  });
  return { relay, published };
}

test('the events of an aggregate are published in order, once', async () => {
  const id = newId();
  await writeEvents(id, 1);
  await writeEvents(id, 2, 3);
  const { relay, published } = aRelay();
  expect(await relay.aggregate(id)).toEqual({ sent: 3, failed: 0 });
  expect(await relay.aggregate(id)).toEqual({ sent: 0, failed: 0 });
  await writeEvents(id, 4);
  await relay.aggregate(id);
  expect(published).toEqual([1, 2, 3, 4].map((sequence) => `${id} ${sequence}`));
});

test('the first failure stops the aggregate; the next relay continues from there', async () => {
  const id = newId();
  await writeEvents(id, 1, 2, 3);
  const broken = aRelay(({ sequence }) => sequence !== 2);
  expect(await broken.relay.aggregate(id)).toEqual({ sent: 1, failed: 2 });
  const { relay, published } = aRelay();
  await relay.aggregate(id);
  expect(published).toEqual([`${id} 2`, `${id} 3`]);
});

test('a long backlog of one aggregate is published in order', async () => {
  const id = newId();
  for (let start = 1; start <= 120; start += 40)
    await writeEvents(id, ...Array.from({ length: 40 }, (_, index) => start + index));
  const { relay, published } = aRelay();
  await relay.aggregate(id);
  expect(published).toEqual(Array.from({ length: 120 }, (_, index) => `${id} ${index + 1}`));
});

test('the sweep publishes entries older than a minute, and a failing aggregate does not stop others', async () => {
  await aRelay().relay.sweep(later()); // events that other tests left unsent
  const [stuck, fine] = [newId(), newId()];
  await writeEvents(stuck, 1);
  await writeEvents(fine, 1);
  const { relay, published } = aRelay(({ aggregateId }) => aggregateId !== stuck);
  expect(await relay.sweep(new Date())).toEqual({ sent: 0, failed: 0 });
  expect(await relay.sweep(later())).toEqual({ sent: 1, failed: 1 });
  expect(published).toEqual([`${fine} 1`]);
  expect(await aRelay().relay.sweep(later())).toEqual({ sent: 1, failed: 0 });
  expect(await aRelay().relay.sweep(later())).toEqual({ sent: 0, failed: 0 });
});

test('two events of an aggregate cannot have the same sequence', async () => {
  const id = newId();
  await writeEvents(id, 1);
  await expect(writeEvents(id, 1)).rejects.toBeInstanceOf(ConditionsFailed);
});

test('an unsent event is never deleted, a sent one after 14 days', async () => {
  const id = newId();
  await writeEvents(id, 1);
  const entry = async () => {
    const { items } = await db.query({ table, where: 'aggregate_id = :id', values: { ':id': id } });
    return expiryOf('products-outbox', items[0]);
  };
  expect(await entry()).toBeUndefined();
  await aRelay().relay.aggregate(id);
  const days = ((await entry())!.getTime() - Date.now()) / 86_400_000;
  expect(days).toBeCloseTo(14, 2);
});
