import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '#shared/testing/eventually.ts';
import type { Deployment, EventSourceMappingSpec, QueueSpec } from '../deployment.ts';
import { type Dynamo, startDynamo } from '../engines/dynamodb.ts';
import { type Messaging, startMessaging } from '../engines/messaging.ts';
import type { ObjectEvents } from '../front-door/s3.ts';
import { type HostPool, startHostPool } from '../host/pool.ts';
import { type AsyncEvents, asyncEvents } from './async-events.ts';
import { asyncRules } from './async-rules.ts';
import { openSourceStore, type PendingEvent, type SourceStore } from './source-store.ts';
import { type Sources, startSources } from './start-sources.ts';

const BUNDLE = fileURLToPath(new URL('./fixtures/recorder.mjs', import.meta.url));
const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:';
let folder: string;
let messaging: Messaging;
let dynamo: Dynamo;
let pool: HostPool;
let platforms: { sources: Sources; events: AsyncEvents; store: SourceStore }[] = [];
let names = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'));
  [messaging, dynamo, pool] = await Promise.all([
    startMessaging({ dataDir: join(folder, 'messaging') }),
    startDynamo({ dataDir: join(folder, 'dynamo') }),
    startHostPool({
      hosts: 1,
      concurrency: { mode: 'several', concurrency: 64 },
      compileCacheDir: join(folder, 'cache'),
      onNotice: () => {},
    }),
  ]);
});
afterEach(async () => {
  for (const platform of platforms.splice(0)) await halt(platform);
});
afterAll(async () => {
  await pool.stop(0);
  await Promise.all([messaging.stop(), dynamo.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const halt = async ({ sources, events, store }: (typeof platforms)[number]) => {
  events.stop();
  await sources.stop();
  store.close();
};

/** A function that records what it gets; `recorded` are the lines that it wrote. */
function aRecorder(exportName: string, timeoutMs = 5_000) {
  names += 1;
  const name = `recorder-${names}`;
  const file = join(folder, `${name}.jsonl`);
  pool.define({
    name,
    arn: FUNCTION + name,
    bundle: BUNDLE,
    version: '1',
    exportName,
    environment: { RECORD_FILE: file },
    timeoutMs,
    memoryMb: 128,
    logGroup: '',
    logFile: join(folder, `${name}.log`),
  });
  const recorded = (): Record<string, never>[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  return { name, arn: FUNCTION + name, recorded };
}

async function aQueue(suffix: string, attributes: Record<string, string> = {}): Promise<QueueSpec> {
  names += 1;
  const name = `queue-${names}${suffix}`;
  const fifo = suffix.endsWith('.fifo');
  const all = { VisibilityTimeout: '2', ...attributes, ...(fifo ? { FifoQueue: 'true' } : {}) };
  const { QueueUrl } = await messaging.sqs('CreateQueue', { QueueName: name, Attributes: all });
  const arn = `arn:aws:sqs:eu-west-1:000000000000:${name}`;
  return { stack: 's', logicalId: name, name, arn, url: String(QueueUrl), fifo, attributes: all };
}

const aMapping = (more: Partial<EventSourceMappingSpec>): EventSourceMappingSpec => ({
  stack: 's',
  logicalId: `Mapping${names}`,
  functionArn: '',
  sourceArn: '',
  batchSize: 1,
  windowSeconds: 0,
  partialResponses: true,
  filterPatterns: [],
  enabled: true,
  ...more,
});

function start(parts: Partial<Deployment>, file = join(folder, `store-${++names}.db`)) {
  const store = openSourceStore(file);
  const dropped: PendingEvent[] = [];
  const errors: unknown[] = [];
  const objects: ObjectEvents = new EventEmitter();
  const events = asyncEvents({
    invoke: pool.invoke,
    store,
    rulesOf: asyncRules({ functions: [], asyncInvokes: [], queues: [], ...parts }, messaging),
    retryDelaysMs: [5, 10],
    onDropped: (event) => dropped.push(event),
  });
  const empty = {
    functions: [],
    queues: [],
    mappings: [],
    subscriptions: [],
    buckets: [],
    tables: [],
    schedules: [],
    asyncInvokes: [],
  };
  const deployment = {
    ...empty,
    region: 'eu-west-1',
    accountId: '000000000000',
    ...parts,
  } as unknown as Deployment;
  const sources = startSources({
    deployment,
    messaging,
    dynamoUrl: dynamo.url,
    objects,
    invoke: pool.invoke,
    events,
    store,
    queueOfSubscription: ({ logicalId }) => ({ url: String(messaging.queue(logicalId)?.url) }),
    onError: (_, error) => errors.push(error),
  });
  const platform = { sources, events, store };
  platforms.push(platform);
  const stop = () => {
    platforms = platforms.filter((one) => one !== platform);
    return halt(platform);
  };
  return { ...platform, objects, dropped, errors, stop };
}

const send = (queue: QueueSpec, body: object, group?: string) =>
  messaging.sqs('SendMessage', {
    QueueUrl: queue.url,
    MessageBody: JSON.stringify(body),
    ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: JSON.stringify(body) }),
  });
const left = (queue: QueueSpec) => {
  const { ready, delayed, inflight } = messaging.queue(queue.name)?.inspectMessages() ?? {};
  return (ready?.length ?? 0) + (delayed?.length ?? 0) + (inflight?.length ?? 0);
};

describe('a FIFO queue', () => {
  test('keeps the order of each group and runs groups beside each other', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('.fifo');
    for (let n = 0; n < 5; n += 1)
      for (const group of ['a', 'b', 'c']) await send(queue, { group, n, ms: 30 }, group);
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(15));
    for (const group of ['a', 'b', 'c']) {
      const own = recorded().filter((entry) => entry.group === group);
      expect(own.map(({ n, at }) => `${n} ${at}`)).toEqual(
        [0, 1, 2, 3, 4].flatMap((n) => [`${n} start`, `${n} end`]),
      );
    }
    expect(
      recorded()
        .slice(0, 3)
        .map(({ at }) => at),
    ).toEqual(['start', 'start', 'start']);
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('lets what is behind a failed message wait, and moves it to the dead letters after three receives', async () => {
    const { arn, recorded } = aRecorder('queue');
    const dead = await aQueue('-dead.fifo');
    const queue = await aQueue('.fifo', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
    });
    await send(queue, { n: 1, fail: 'always' }, 'a');
    await send(queue, { n: 2 }, 'a');
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded().some(({ n, at }) => n === 2 && at === 'end')).toBe(true));
    expect(
      recorded()
        .filter(({ n }) => n === 1)
        .map(({ receives }) => receives),
    ).toEqual([1, 2, 3]);
    expect(recorded().at(-2)).toMatchObject({ n: 2, receives: 1 });
    expect(left(dead)).toBe(1);
  });
});

describe('a standard queue', () => {
  test('comes in batches, and only what failed comes again', async () => {
    const { arn, recorded } = aRecorder('queue');
    // Longer than the slowest machine takes for a batch: a message that is handled must not come again by it.
    const queue = await aQueue('', { VisibilityTimeout: '5' });
    for (let n = 0; n < 10; n += 1) await send(queue, { n, ...(n === 3 ? { fail: 'once' } : {}) });
    start({
      queues: [queue],
      mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn, batchSize: 10, windowSeconds: 1 })],
    });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(10));
    const starts = recorded().filter(({ at }) => at === 'start');
    expect(starts).toHaveLength(11);
    expect(starts[0]).toMatchObject({ batch: 10 });
    expect(starts.at(-1)).toMatchObject({ n: 3, receives: 2, batch: 1 });
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('is never emptied faster than its maximum concurrency', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('', { VisibilityTimeout: '30' });
    for (let n = 0; n < 12; n += 1) await send(queue, { n, ms: 15 });
    start({
      queues: [queue],
      mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn, maximumConcurrency: 2 })],
    });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(12));
    let running = 0;
    const most = Math.max(...recorded().map(({ at }) => (running += at === 'start' ? 1 : -1)));
    expect(most).toBe(2);
  });

  test('drops unseen what no filter pattern wants', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('');
    await send(queue, { n: 1, type: 'other' });
    await send(queue, { n: 2, type: 'wanted' });
    const filterPatterns = [{ body: { type: ['wanted'] } }];
    start({
      queues: [queue],
      mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn, filterPatterns })],
    });
    await eventually(() => expect(left(queue)).toBe(0));
    expect(recorded().map(({ n }) => n)).toEqual([2, 2]);
  });

  test('gives a message again whose host was killed', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('');
    await send(queue, { n: 1, hangOnce: true });
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded()).toHaveLength(1));
    pool.kill();
    await eventually(() => expect(recorded().at(-1)).toMatchObject({ at: 'end', n: 1 }));
    expect(recorded()[1]).toMatchObject({ receives: 2 });
  });
});

describe('an asynchronous event', () => {
  test('is tried three times in all', async () => {
    const { name, recorded } = aRecorder('any');
    const { events, dropped } = start({});
    events.accept(name, JSON.stringify({ fail: 2 }));
    await eventually(() => expect(events.pending()).toBe(0));
    expect(recorded()).toHaveLength(3);
    expect(dropped).toEqual([]);
    events.accept(name, JSON.stringify({ fail: 99 }));
    await eventually(() => expect(dropped).toHaveLength(1));
    expect(recorded()).toHaveLength(6);
  });

  test('that is given up goes to the failure queue of its function, in the form of AWS', async () => {
    const { name, arn, recorded } = aRecorder('any');
    const queue = await aQueue('');
    const asyncInvoke = {
      stack: 's',
      logicalId: 'AsyncEvents',
      functionArn: arn,
      maximumRetryAttempts: 1,
      maximumAgeSeconds: 21_600,
      onFailureArn: queue.arn,
    };
    const { events } = start({
      functions: [{ name, arn }] as Deployment['functions'],
      queues: [queue],
      asyncInvokes: [asyncInvoke],
    });
    events.accept(name, JSON.stringify({ fail: 99 }));
    await eventually(() => expect(left(queue)).toBe(1));
    expect(events.pending()).toBe(0);
    expect(recorded()).toHaveLength(2);
    const { Messages } = await messaging.sqs('ReceiveMessage', { QueueUrl: queue.url });
    const record = JSON.parse((Messages as { Body: string }[])[0]!.Body);
    expect(record).toMatchObject({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.+Z$/),
      requestContext: {
        functionArn: `${arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: { fail: 99 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorMessage: expect.any(String) },
    });
  });

  test('that was not handled survives the platform', async () => {
    const { name, recorded } = aRecorder('any');
    const file = join(folder, 'survives.db');
    const before = start({}, file);
    before.events.stop(); // as a kill would: nothing runs any more
    before.events.accept(name, JSON.stringify({ n: 7 }));
    await before.stop();
    expect(recorded()).toEqual([]);
    const after = start({}, file);
    await eventually(() => expect(after.events.pending()).toBe(0));
    expect(recorded()).toMatchObject([{ event: { n: 7 } }]);
  });

  test('comes from a topic through the queue of its subscription', async () => {
    const { arn, recorded } = aRecorder('any');
    const queue = await aQueue('');
    const subscription = {
      protocol: 'lambda',
      endpointArn: arn,
      logicalId: queue.name,
      topicArn: 'arn:topic',
    };
    start({ subscriptions: [subscription] as Deployment['subscriptions'] });
    await send(queue, { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:topic', Message: 'hello' });
    await eventually(() => expect(recorded()).toHaveLength(1));
    expect(recorded()[0]).toMatchObject({
      event: { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'hello', TopicArn: 'arn:topic' } }] },
    });
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('comes from a bucket and from a schedule that is run by hand', async () => {
    const { arn, name, recorded } = aRecorder('any');
    const bucket = { name: 'pictures', arn: 'arn:aws:s3:::pictures', logicalId: 'Pictures', cors: [] };
    const { objects, sources } = start({
      buckets: [
        {
          ...bucket,
          stack: 's',
          notifications: [{ event: 's3:ObjectCreated:*', functionArn: arn, prefix: 'in/' }],
        },
      ],
      schedules: [
        {
          stack: 's',
          logicalId: 'Daily',
          ruleName: 'daily',
          ruleArn: 'arn:rule',
          expression: 'cron(0 8 * * ? *)',
          enabled: true,
          functionArn: arn,
        },
      ],
    });
    const created = {
      eventName: 'ObjectCreated:Put',
      size: 1,
      eTag: 'e',
      sequencer: '01',
      time: new Date(),
      caller: 'c',
    } as const;
    objects.emit('created', { ...created, bucket: 'pictures', key: 'in/a b.png' });
    objects.emit('created', { ...created, bucket: 'pictures', key: 'out/a.png' });
    expect(sources.runScheduleNow(name)).toBe(1);
    await eventually(() => expect(recorded()).toHaveLength(2));
    const text = JSON.stringify(recorded());
    expect(text).toContain('in/a+b.png');
    expect(text).toContain('Scheduled Event');
  });
});

describe('a table stream', () => {
  const client = () =>
    new DynamoDBClient({
      endpoint: dynamo.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  async function aTable() {
    names += 1;
    const name = `table-${names}`;
    await client().send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const stream = {
      viewType: 'NEW_AND_OLD_IMAGES',
      arn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}/stream/1`,
    };
    const put = (id: string) =>
      client().send(new PutItemCommand({ TableName: name, Item: { id: { S: id } } }));
    return { table: { name, stream } as unknown as Deployment['tables'][number], stream, put };
  }

  test('is read in order and, after a restart, from where it was', async () => {
    const { arn, recorded } = aRecorder('stream');
    const { table, stream, put } = await aTable();
    const mapping = aMapping({
      functionArn: arn,
      sourceArn: stream.arn,
      batchSize: 2,
      startingPosition: 'TRIM_HORIZON',
    });
    const file = join(folder, 'stream.db');
    for (const id of ['1', '2', '3']) await put(id);
    const before = start({ tables: [table], mappings: [mapping] }, file);
    await eventually(() => expect(recorded().flatMap(({ keys }) => keys)).toEqual(['1', '2', '3']));
    await before.stop();
    await put('4');
    start({ tables: [table], mappings: [mapping] }, file);
    await eventually(() => expect(recorded().flatMap(({ keys }) => keys)).toEqual(['1', '2', '3', '4']));
    expect(recorded()[0]).toMatchObject({ keys: ['1', '2'], arn: stream.arn });
  });

  test('goes on behind a record that failed too often, and tells the queue for that', async () => {
    const { arn, recorded } = aRecorder('stream');
    const { table, stream, put } = await aTable();
    const queue = await aQueue('');
    const mapping = aMapping({
      functionArn: arn,
      sourceArn: stream.arn,
      batchSize: 10,
      startingPosition: 'TRIM_HORIZON',
      maximumRetryAttempts: 1,
      bisectOnError: true,
      onFailureArn: queue.arn,
    });
    for (const id of ['1', 'poison', '2']) await put(id);
    start({ tables: [table], queues: [queue], mappings: [mapping] });
    await eventually(() => expect(recorded().at(-1)).toMatchObject({ keys: ['2'] }));
    await eventually(() => expect(left(queue)).toBe(1));
    const body = JSON.parse(messaging.queue(queue.name)?.inspectMessages().ready[0]?.body ?? '{}');
    expect(body).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', functionArn: arn },
      DDBStreamBatchInfo: {
        batchSize: 1,
        startSequenceNumber: '2',
        endSequenceNumber: '2',
        streamArn: stream.arn,
      },
    });
  });
});
