import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../../build/deployment.ts';
import { type Messaging, startMessaging } from '../engines/messaging.ts';
import { listQueues, redrive, redriveEvents } from './queues.ts';

let folder: string;
let messaging: Messaging;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redrive-'));
  messaging = await startMessaging({ dataDir: folder });
});
afterAll(async () => {
  await messaging.stop();
  await rm(folder, { recursive: true, force: true });
});

async function aQueueWithDeadLetters(name: string, fifo: boolean) {
  const suffix = fifo ? '.fifo' : '';
  const type = fifo ? { FifoQueue: 'true' } : {};
  const dead = `${name}-dead${suffix}`;
  const queue = `${name}${suffix}`;
  const made = await messaging.sqs('CreateQueue', { QueueName: dead, Attributes: type });
  const deadLetterTargetArn = messaging.queue(dead)?.arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
  await messaging.sqs('CreateQueue', { QueueName: queue, Attributes: { ...type, RedrivePolicy } });
  const bury = (body: string, group?: string) =>
    messaging.sqs('SendMessage', {
      QueueUrl: made.QueueUrl,
      MessageBody: body,
      MessageAttributes: { type: { DataType: 'String', StringValue: 'ORDER_PAID' } },
      ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: body }),
    });
  return { queue, dead, bury };
}
const bodies = (name: string) =>
  messaging
    .queue(name)
    ?.inspectMessages()
    .ready.map(({ body }) => body) ?? [];

describe('a redrive', () => {
  test('moves every dead letter of a FIFO queue back in the order of its group', async () => {
    const { queue, dead, bury } = await aQueueWithDeadLetters('orders', true);
    for (let n = 0; n < 12; n += 1) await bury(`a${n}`, 'a');
    await bury('b0', 'b');
    expect(await redrive(messaging, queue)).toBe(13);
    expect(bodies(dead)).toEqual([]);
    expect(bodies(queue).filter((body) => body.startsWith('a'))).toEqual(
      Array.from({ length: 12 }, (_, n) => `a${n}`),
    );
    expect(await redrive(messaging, queue)).toBe(0);
  });

  test('accepts the name of the dead-letter queue too, and keeps attributes', async () => {
    const { queue, dead, bury } = await aQueueWithDeadLetters('mails', false);
    await bury('letter');
    expect(await redrive(messaging, dead)).toBe(1);
    const { Messages } = await messaging.sqs('ReceiveMessage', {
      QueueUrl: messaging.queue(queue)?.url,
      MessageAttributeNames: ['All'],
    });
    expect(Messages).toMatchObject([
      { Body: 'letter', MessageAttributes: { type: { StringValue: 'ORDER_PAID' } } },
    ]);
  });

  test.each(['.fifo', ''])(
    'delivers the events that a topic%s could not deliver, in the order of their group',
    async (suffix) => {
      const fifo: Record<string, string> = suffix === '' ? {} : { FifoQueue: 'true' };
      const [topic, inbox, undelivered] = ['events', 'inbox', 'inbox-events-undelivered'].map(
        (name) => `${name}${suffix}`,
      ) as [string, string, string];
      const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:000000000000:${name}`;
      await messaging.sns('CreateTopic', {
        Name: topic,
        ...(suffix === ''
          ? {}
          : { 'Attributes.entry.1.key': 'FifoTopic', 'Attributes.entry.1.value': 'true' }),
      });
      const create = (QueueName: string) => messaging.sqs('CreateQueue', { QueueName, Attributes: fifo });
      const { QueueUrl } = await create(inbox);
      await create(undelivered);
      await messaging.sns('Subscribe', {
        TopicArn: arn('sns', topic),
        Protocol: 'sqs',
        Endpoint: arn('sqs', inbox),
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': 'true',
        'Attributes.entry.2.key': 'RedrivePolicy',
        'Attributes.entry.2.value': JSON.stringify({ deadLetterTargetArn: arn('sqs', undelivered) }),
      });
      const publish = (Message: string) =>
        messaging.sns('Publish', {
          TopicArn: arn('sns', topic),
          Message,
          ...(suffix === '' ? {} : { MessageGroupId: 'g', MessageDeduplicationId: Message }),
        });
      await publish('before');
      await messaging.sqs('DeleteQueue', { QueueUrl });
      for (const message of ['first', 'second', 'third']) await publish(message);
      expect(bodies(undelivered)).toEqual(['first', 'second', 'third']);
      // The subscriber does not exist yet, so nothing may leave the dead-letter queue.
      expect(await redrive(messaging, undelivered)).toBeUndefined();
      await create(inbox);
      await publish('after');
      expect(await redrive(messaging, undelivered)).toBe(3);
      expect(bodies(inbox).toSorted()).toEqual(['after', 'first', 'second', 'third']);
      expect(bodies(undelivered)).toEqual([]);
    },
  );

  test('of an unknown queue or one without dead letters is refused', async () => {
    await messaging.sqs('CreateQueue', { QueueName: 'plain' });
    expect(await redrive(messaging, 'plain')).toBeUndefined();
    expect(await redrive(messaging, 'nowhere')).toBeUndefined();
  });
});

describe('the list of queues', () => {
  test('counts waiting messages, without the internal queues of the platform', async () => {
    const { queue, dead, bury } = await aQueueWithDeadLetters('listed', false);
    await messaging.sqs('CreateQueue', { QueueName: 'internal-analytics-order-created' });
    await bury('x');
    const views = listQueues(messaging);
    expect(views.find(({ name }) => name === queue)).toMatchObject({
      ready: 0,
      deadLetterQueue: dead,
    });
    expect(views.find(({ name }) => name === dead)).toMatchObject({ ready: 1, redrivesTo: [queue] });
    expect(views.some(({ name }) => name.startsWith('internal-'))).toBe(false);
  });
});

describe('events that a function could not handle', () => {
  test('are sent to it again, each with its event', async () => {
    const { QueueUrl } = await messaging.sqs('CreateQueue', { QueueName: 'reports-async-failures' });
    const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:shop-reports-local-count';
    const keep = (requestPayload: object) =>
      messaging.sqs('SendMessage', {
        QueueUrl,
        MessageBody: JSON.stringify({
          requestContext: { functionArn: `${functionArn}:$LATEST` },
          requestPayload,
        }),
      });
    await keep({ n: 1 });
    await keep({ n: 2 });
    const onFailureArn = messaging.queue('reports-async-failures')?.arn;
    const deployment = {
      functions: [{ name: 'shop-reports-local-count', arn: functionArn }],
      asyncInvokes: [{ functionArn, onFailureArn }],
    } as unknown as Deployment;
    const accepted: string[] = [];
    const accept = (name: string, payload: string) => void accepted.push(`${name} ${payload}`);
    expect(await redriveEvents(messaging, deployment, 'reports-async-failures', accept)).toBe(2);
    expect(accepted.toSorted()).toEqual([
      'shop-reports-local-count {"n":1}',
      'shop-reports-local-count {"n":2}',
    ]);
    expect(bodies('reports-async-failures')).toEqual([]);
    expect(await redriveEvents(messaging, deployment, 'orders.fifo', accept)).toBeUndefined();
  });
});
