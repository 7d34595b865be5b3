import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Messaging, startMessaging } from './messaging.ts';

const folder = await mkdtemp(join(tmpdir(), 'messaging-'));
let messaging = await startMessaging({ dataDir: folder });
afterAll(async () => {
  await messaging.stop();
  await rm(folder, { recursive: true, force: true });
});
const restart = async () => {
  await messaging.stop();
  messaging = await startMessaging({ dataDir: folder });
};

const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  String((await messaging.sqs('CreateQueue', { QueueName, Attributes })).QueueUrl);
type Message = { Body: string; ReceiptHandle: string; Attributes?: Record<string, string> };
const receive = async (QueueUrl: string, more: object = {}, engine: Messaging = messaging) =>
  ((await engine.sqs('ReceiveMessage', { QueueUrl, MessageSystemAttributeNames: ['All'], ...more }))
    .Messages ?? []) as Message[];
const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
  messaging.sqs('SendMessage', { QueueUrl, MessageBody, ...more });

test('a message that becomes visible again keeps its receive count, also after a restart', async () => {
  const url = await create('returned');
  await send(url, 'again');
  const [first] = await receive(url);
  await messaging.sqs('ChangeMessageVisibility', {
    QueueUrl: url,
    ReceiptHandle: first?.ReceiptHandle,
    VisibilityTimeout: 0,
  });
  await restart();
  const [second] = await receive(url);
  expect(second).toMatchObject({ Body: 'again', Attributes: { ApproximateReceiveCount: '2' } });
});

test('a kill loses nothing after its response: waiting, received and deleted messages stay so', async () => {
  const url = await create('survivors');
  for (const body of ['handled', 'taken', 'waiting']) await send(url, body);
  const [handled, taken] = await receive(url, { MaxNumberOfMessages: 2 });
  expect(taken?.Body).toBe('taken');
  await messaging.sqs('DeleteMessage', { QueueUrl: url, ReceiptHandle: handled?.ReceiptHandle });
  // The files of this moment are what a kill would leave.
  const left = await mkdtemp(join(tmpdir(), 'messaging-killed-'));
  await cp(folder, left, { recursive: true });
  const next = await startMessaging({ dataDir: left });
  const messages = await receive(url, { MaxNumberOfMessages: 10 }, next);
  expect(messages.map((message) => message.Body)).toEqual(['taken', 'waiting']);
  await next.stop();
  await rm(left, { recursive: true, force: true });
});

test('a received message stays invisible over a restart', async () => {
  const url = await create('held');
  await send(url, 'held');
  const [received] = await receive(url, { VisibilityTimeout: 60 });
  await restart();
  expect(await receive(url)).toEqual([]);
  const release = { QueueUrl: url, ReceiptHandle: received?.ReceiptHandle, VisibilityTimeout: 0 };
  await messaging.sqs('ChangeMessageVisibility', release);
  const [again] = await receive(url);
  expect(again).toMatchObject({ Body: 'held', Attributes: { ApproximateReceiveCount: '2' } });
});

test('a long poll waits for its message', async () => {
  const url = await create('awaited');
  const waiting = receive(url, { WaitTimeSeconds: 10 });
  await send(url, 'here');
  expect((await waiting).map((message) => message.Body)).toEqual(['here']);
});

test('a poll of a disconnected caller receives no message', async () => {
  const url = await create('abandoned');
  const gone = new AbortController();
  const waiting = messaging.sqs('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 10 }, gone.signal);
  gone.abort();
  expect(await waiting).toEqual({});
  await send(url, 'kept');
  expect((await receive(url)).map((message) => message.Body)).toEqual(['kept']);
});

test('a FIFO queue keeps the deduplication ids of its messages over a restart', async () => {
  const url = await create('once.fifo', { FifoQueue: 'true' });
  const one = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  await send(url, 'first', one);
  await restart();
  await send(url, 'second', one);
  expect(messaging.queue('once.fifo')?.getAttribute('ApproximateNumberOfMessages')).toBe('1');
});

test('a message behind another of its group waits for it', async () => {
  const url = await create('ordered.fifo', { FifoQueue: 'true' });
  for (const [body, group] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['b1', 'b'],
  ])
    await send(url, body ?? '', { MessageGroupId: group, MessageDeduplicationId: body });
  const first = await receive(url, { MaxNumberOfMessages: 10 });
  expect(first.map((message) => message.Body)).toEqual(['a1', 'b1']);
  await messaging.sqs('DeleteMessage', { QueueUrl: url, ReceiptHandle: first[0]?.ReceiptHandle });
  expect((await receive(url)).map((message) => message.Body)).toEqual(['a2']);
});

test('queue URLs start with the configured address', async () => {
  await create('addressed');
  messaging.setPublicUrl('http://127.0.0.1:1234');
  const { QueueUrl } = await messaging.sqs('GetQueueUrl', { QueueName: 'addressed' });
  expect(QueueUrl).toBe('http://127.0.0.1:1234/000000000000/addressed');
});

test('a refusal has the code and the status of AWS', async () => {
  const nowhere = messaging.sqs('SendMessage', {
    QueueUrl: 'http://127.0.0.1/000000000000/none',
    MessageBody: 'x',
  });
  await expect(nowhere).rejects.toMatchObject({ code: 'QueueDoesNotExist', statusCode: 400 });
});

test('a second platform on the same folder is refused', async () => {
  await expect(startMessaging({ dataDir: folder })).rejects.toThrow('Another platform uses the data folder');
});

describe('A subscription that SNS refuses is refused:', () => {
  const subscribe = (TopicArn: string, Protocol: string, Endpoint: string) =>
    messaging.sns('Subscribe', { TopicArn, Protocol, Endpoint });
  const topic = 'arn:aws:sns:eu-west-1:000000000000:topic';

  test('a FIFO queue behind a standard topic', async () => {
    const queue = 'arn:aws:sqs:eu-west-1:000000000000:queue.fifo';
    await expect(subscribe(topic, 'sqs', queue)).rejects.toMatchObject({ code: 'InvalidParameter' });
  });

  test('a function behind a FIFO topic', async () => {
    const fn = 'arn:aws:lambda:eu-west-1:000000000000:function:f';
    await expect(subscribe(`${topic}.fifo`, 'lambda', fn)).rejects.toMatchObject({
      code: 'InvalidParameter',
    });
  });
});

test('objects are listed in the order of their keys, page by page', async () => {
  const call = (
    action: 'CreateBucket' | 'PutObject' | 'ListObjectsV2',
    key = '',
    query: Record<string, string> = {},
  ) => messaging.s3({ action, bucket: 'listed', key, query, headers: {}, body: Buffer.from('x') });
  call('CreateBucket');
  const keys = ['a/1', 'a/2', 'B', 'a-b', 'ab', 'Z', 'é'];
  for (const key of keys) call('PutObject', key);
  const seen: string[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const response = call('ListObjectsV2', '', {
      'list-type': '2',
      'max-keys': '2',
      ...(token ? { 'continuation-token': token } : {}),
    }).body.toString();
    seen.push(...[...response.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key));
    token = /<NextContinuationToken>(.*?)</.exec(response)?.[1];
  }
  expect(seen).toEqual(keys.toSorted());
});
