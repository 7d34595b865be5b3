import { newId } from '../ids.ts';
import { tables } from '../testing/engines.ts';
import { expiryOf } from '../testing/time-to-live.ts';
import { ConditionsFailed } from './conditions.ts';
import { dynamo } from './dynamo.ts';
import { handledMark } from './handled-events.ts';

const { 'products-idempotency': table } = await tables('products-idempotency');
const db = dynamo();

test('an event is marked once per subscriber', async () => {
  const eventId = newId();
  await db.write(handledMark(table, { subscriber: 'one', eventId }));
  await db.write(handledMark(table, { subscriber: 'two', eventId }));
  await expect(db.write(handledMark(table, { subscriber: 'one', eventId }))).rejects.toBeInstanceOf(
    ConditionsFailed,
  );
});

test('a mark outlives the queue and its dead-letter queue: it is deleted after 30 days', async () => {
  const eventId = newId();
  await db.write(handledMark(table, { subscriber: 'one', eventId }));
  const expiry = await expiryOf(
    'products-idempotency',
    await db.get(table, { id: `handled#one#${eventId}` }),
  );
  expect((expiry!.getTime() - Date.now()) / 86_400_000).toBeCloseTo(30, 2);
});
