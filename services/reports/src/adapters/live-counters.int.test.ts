import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { newId } from '#shared/ids.ts';
import { tables } from '#shared/testing/engines.ts';
import { expiryOf } from '#shared/testing/time-to-live.ts';
import { liveCounters } from './live-counters.ts';

const { metrics: table } = await tables('metrics');
const now = () => new Date('2026-11-21T12:00:00Z');
const anOrder = (day: string) => ({
  id: newId(),
  day,
  milestone: 'created' as const,
  totalCents: 250,
  currency: 'EUR',
});

/** A client whose first transactions fail with TransactionConflict, which the local engine never returns. */
function contended(times: number): DynamoDBClient {
  const client = new DynamoDBClient({});
  let left = times;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (request) => {
        if (commandName !== 'TransactWriteItemsCommand' || left === 0) return next(request);
        left -= 1;
        throw new TransactionCanceledException({
          $metadata: { httpStatusCode: 400 },
          message: 'Transaction cancelled',
          CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
        });
      },
    { step: 'initialize' },
  );
  return client;
}

test('concurrent events are all counted, each once', async () => {
  const counters = liveCounters(dynamo(), table, now);
  const orders = Array.from({ length: 20 }, () => anOrder('2026-11-21'));
  await Promise.all([...orders, ...orders].map((order) => counters.count(order)));
  expect(await counters.ofDay('2026-11-21')).toEqual({
    created: 20,
    completed: 0,
    cancelled: 0,
    createdCents: { EUR: 5_000 },
  });
});

test('an event is retried while its counter is contended', async () => {
  const counters = liveCounters(dynamo(contended(3)), table, now);
  await counters.count(anOrder('2026-11-22'));
  expect(await counters.ofDay('2026-11-22')).toMatchObject({ created: 1, createdCents: { EUR: 250 } });
});

test('the mark of a counted event is deleted after 30 days', async () => {
  const order = anOrder('2026-11-23');
  await liveCounters(dynamo(), table, now).count(order);
  const mark = await dynamo().get<Item>(table, { pk: `counted#${order.id}`, sk: 'created' });
  expect(await expiryOf('metrics', mark)).toEqual(new Date('2026-12-21T12:00:00Z'));
});
