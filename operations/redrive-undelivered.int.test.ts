import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { execaNode } from 'execa';
import { root } from '../build/stacks.ts';
import { anAwsEndpoint } from '../platform/aws-endpoint/fixtures/aws-endpoint-under-test.ts';

const invoked: { name: string; event: object }[] = [];
let failure: string | undefined;
const { awsEndpoint, as, operator } = await anAwsEndpoint({
  invoke: async (name, payload) => {
    if (failure !== undefined)
      return {
        payload: JSON.stringify({ errorType: 'Error', errorMessage: failure }),
        failure: 'Unhandled',
      } as never;
    invoked.push({ name, event: JSON.parse(String(payload)) });
    return { payload: 'null' } as never;
  },
});
const sqs = new SQSClient(operator);

/** Passes requests on to the endpoint and keeps their paths: Lambda's contain the alias. */
const paths: string[] = [];
const recorder = createServer((incoming, outgoing) => {
  paths.push(decodeURIComponent(incoming.url ?? ''));
  const { method = 'GET', url = '/', headers } = incoming;
  const forwarded = send(`${awsEndpoint.url}${url}`, { method, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(outgoing);
  });
  incoming.pipe(forwarded);
});
let recorderUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  recorderUrl = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`;
});
afterAll(() => {
  recorder.closeAllConnections();
  recorder.close();
});

const redrive = (stage: string, queue: string) =>
  execaNode(join(root, 'operations/redrive-undelivered.ts'), ['--stage', stage, '--queue', queue], {
    cwd: root,
    nodeOptions: [],
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      AWS_ENDPOINT_URL: awsEndpoint.url,
      AWS_ENDPOINT_URL_LAMBDA: recorderUrl,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: awsEndpoint.operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: awsEndpoint.operator.secretAccessKey,
      AWS_SESSION_TOKEN: awsEndpoint.operator.sessionToken,
      NODE_NO_WARNINGS: '1',
    },
    reject: false,
  });

async function queueOf(QueueName: string): Promise<string> {
  const Attributes = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}
async function waitingIn(QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes['ApproximateNumberOfMessages']) +
    Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
  );
}
const notification = (Message: string) =>
  JSON.stringify({ Type: 'Notification', MessageId: 'sns-1', TopicArn: 'arn', Message });

test('events go to the queue of their subscriber, raw, in the order and group of their aggregate', async () => {
  const name = 'shop-dev-stock-queue-order-events-undelivered.fifo';
  const [undelivered, subscriber] = [await queueOf(name), await queueOf('shop-dev-stock-queue.fifo')];
  const bodies = ['{"id":"1"}', notification('{"id":"2"}'), '{"id":"3"}'];
  for (const [at, MessageBody] of bodies.entries())
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: undelivered,
        MessageBody,
        MessageGroupId: 'order-1',
        MessageDeduplicationId: String(at),
        MessageAttributes: { type: { DataType: 'String', StringValue: 'ORDER_PAID' } },
      }),
    );

  const { exitCode, stdout, stderr } = await redrive('dev', name);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe('3 events delivered to shop-dev-stock-queue.fifo.');
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: subscriber,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  // A FIFO queue returns one message of a group at a time here.
  expect(Messages[0]).toMatchObject({
    Body: '{"id":"1"}',
    Attributes: { MessageGroupId: 'order-1' },
    MessageAttributes: { type: { StringValue: 'ORDER_PAID' } },
  });
  expect([await waitingIn(subscriber), await waitingIn(undelivered)]).toEqual([3, 0]);
}, 120_000);

describe('events of a subscribed function', () => {
  const fn = (stage: string) => `shop-reports-${stage}-on-order-milestone`;
  const queue = (stage: string, topic = 'order-created') =>
    `shop-${stage}-reports-on-order-milestone-${topic}-undelivered`;

  test.each([
    ['dev', ''],
    ['prod', ':live'],
  ])(
    'of %s are passed to its name%s, as SNS does',
    async (stage, alias) => {
      as(fn(stage), []);
      const undelivered = await queueOf(queue(stage));
      invoked.length = 0;
      for (const MessageBody of ['{"id":"1"}', notification('{"id":"2"}')])
        await sqs.send(new SendMessageCommand({ QueueUrl: undelivered, MessageBody }));

      const { exitCode, stdout, stderr } = await redrive(stage, queue(stage));

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toBe(`2 events delivered to ${fn(stage)}.`);
      expect(invoked).toEqual(
        ['{"id":"1"}', '{"id":"2"}'].map((Message) => ({
          name: fn(stage),
          event: { Records: [expect.objectContaining({ Sns: expect.objectContaining({ Message }) })] },
        })),
      );
      expect(paths.filter((path) => path.includes('/functions/')).at(-1)).toBe(
        `/2015-03-31/functions/${fn(stage)}${alias}/invocations`,
      );
      expect(await waitingIn(undelivered)).toBe(0);
    },
    180_000,
  );

  test('stay in the queue when the function fails', async () => {
    as(fn('dev'), []);
    const name = queue('dev', 'order-completed');
    const undelivered = await queueOf(name);
    await sqs.send(new SendMessageCommand({ QueueUrl: undelivered, MessageBody: '{"id":"1"}' }));
    failure = 'no table';
    const { exitCode, stderr } = await redrive('dev', name);
    failure = undefined;
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `${fn('dev')} failed: Error: no table` });
    expect(await waitingIn(undelivered)).toBe(1);
  }, 120_000);
});
