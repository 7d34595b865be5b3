import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { newId } from '#shared/ids.ts';
import { tables } from '#shared/testing/engines.ts';
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

/** A client whose first transactions meet another one on the same counter, as DynamoDB says it. */
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

test('events at once are all counted, each once however often it comes', async () => {
  const counters = liveCounters(new DynamoDBClient({}), table, now);
  const orders = Array.from({ length: 20 }, () => anOrder('2026-11-21'));
  await Promise.all([...orders, ...orders].map((order) => counters.count(order)));
  expect(await counters.ofDay('2026-11-21')).toEqual({
    created: 20,
    completed: 0,
    cancelled: 0,
    createdCents: { EUR: 5_000 },
  });
});

test('an event that meets another on its counter waits its turn', async () => {
  const counters = liveCounters(contended(3), table, now);
  await counters.count(anOrder('2026-11-22'));
  expect(await counters.ofDay('2026-11-22')).toMatchObject({ created: 1, createdCents: { EUR: 250 } });
});
