import type { DynamoDBRecord, S3Event, SNSEvent } from 'aws-lambda';
import { OrderCreated, OrderPaid } from '../events/orders.ts';
import { anEvent } from '../testing/an-event.ts';
import { capturedLog } from '../testing/captured-log.ts';
import { lambdaContext } from '../testing/http-event.ts';
import { scheduleEvent, sqsEvent } from '../testing/queue.ts';
import { bucketHandler } from './bucket.ts';
import { on } from './event-dispatch.ts';
import { queueHandler } from './queue.ts';
import { scheduleHandler } from './schedule.ts';
import { streamHandler } from './stream.ts';
import { topicHandler } from './topic.ts';

process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';

const failure = new Error('the store is unavailable');
const streamRecord = (sequence: string): DynamoDBRecord => ({
  eventID: sequence,
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: sequence, Keys: { id: { S: sequence } } },
});
const order = {
  orderId: '0190a0b0-0000-7000-8000-000000000001',
  userId: '0190a0b0-0000-7000-8000-000000000002',
  orderNumber: 'N',
  totalCents: 100,
  currency: 'EUR' as const,
  lines: [
    { productId: '0190a0b0-0000-7000-8000-000000000003', name: 'Lamp', quantity: 1, unitPriceCents: 100 },
  ],
};
const created = () =>
  anEvent(OrderCreated, { ...order, paymentMethod: 'pm_card_visa', paymentDeadline: '2026-11-21T10:00:00Z' });
const paid = () => anEvent(OrderPaid, { ...order, paymentId: order.orderId });

/** Handles an event without printing its log. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  let result: T | undefined;
  await capturedLog(async () => {
    result = await work();
  });
  return result as T;
}

describe('a stream handler', () => {
  const failing = (...failed: string[]) =>
    streamHandler(async ({ dynamodb }) => {
      if (failed.includes(dynamodb?.SequenceNumber ?? '')) throw failure;
    });
  const batch = { Records: ['1', '2', '3'].map(streamRecord) };

  test('reports the record that failed, so that Lambda retries from there', async () => {
    const { batchItemFailures } = await quietly(() => failing('2')(batch, lambdaContext()));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['2']);
  });

  test('reports every record when all fail', async () => {
    const { batchItemFailures } = await quietly(() => failing('1', '2', '3')(batch, lambdaContext()));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['1', '2', '3']);
  });

  test('reports nothing when none fails', async () => {
    expect(await quietly(() => failing()(batch, lambdaContext()))).toEqual({ batchItemFailures: [] });
  });

  test('handles the records in order, one after another', async () => {
    const steps: string[] = [];
    const handler = streamHandler(async ({ dynamodb }) => {
      steps.push(`begin ${dynamodb?.SequenceNumber}`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`end ${dynamodb?.SequenceNumber}`);
    });
    await quietly(() => handler(batch, lambdaContext()));
    expect(steps).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });
});

describe('a queue handler', () => {
  const handler = queueHandler([
    on(OrderCreated, async () => {}),
    on(OrderPaid, async () => {
      throw failure;
    }),
  ]);
  const failedOf = async (...bodies: unknown[]) =>
    (await quietly(() => handler(sqsEvent(...bodies), lambdaContext()))).batchItemFailures.map(
      ({ itemIdentifier }) => itemIdentifier,
    );

  test('reports only the messages that failed', async () => {
    expect(await failedOf(created(), paid(), created())).toEqual(['message-1']);
  });

  test.each<[string, unknown]>([
    ['is not JSON', 'no event'],
    ['has no known type', { ...created(), type: 'SOMETHING_ELSE' }],
    ['has a later version', { ...created(), version: 99 }],
    ['has invalid data', { ...created(), data: {} }],
  ])('reports a message that %s', async (_, body) => {
    expect(await failedOf(created(), body)).toEqual(['message-1']);
  });

  test('reports every message when all fail', async () => {
    expect(await failedOf(paid(), paid())).toEqual(['message-0', 'message-1']);
  });
});

describe('a handler without partial responses fails when a record fails:', () => {
  const reject = () => Promise.reject(failure);
  const snsEvent = (...events: unknown[]) =>
    ({ Records: events.map((event) => ({ Sns: { Message: JSON.stringify(event) } })) }) as SNSEvent;

  test('a topic handler', async () => {
    const handler = topicHandler([on(OrderCreated, async () => {}), on(OrderPaid, reject)]);
    await expect(quietly(() => handler(snsEvent(created(), paid()), lambdaContext()))).rejects.toThrow(
      failure,
    );
    await expect(quietly(() => handler(snsEvent({}), lambdaContext()))).rejects.toThrow();
  });

  test('a bucket handler', async () => {
    const event = {
      Records: [{ s3: { bucket: { name: 'b' }, object: { key: 'k', size: 1, sequencer: '1' } } }],
    } as S3Event;
    await expect(quietly(() => bucketHandler(reject)(event, lambdaContext()))).rejects.toThrow(failure);
  });

  test('a schedule handler', async () => {
    const handler = scheduleHandler(reject);
    await expect(quietly(() => handler(scheduleEvent(new Date()) as never, lambdaContext()))).rejects.toThrow(
      failure,
    );
  });
});
