import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type EngineError,
  fauxqsPart,
  type ObjectStore,
  type Persistence,
  type Queue,
  type QueueTimers,
  type SnsAction,
  type SnsStore,
  type SqsAction,
  type SqsStore,
  type Topic,
} from './fauxqs-internals.ts';
import { checkSubscription, listInKeyOrder } from './messaging-guards.ts';
import { openPersistence } from './messaging-persistence.ts';
import { type S3Call, type S3Reply, s3Engine } from './messaging-s3.ts';

/** The SQS operations that the engine has, by AWS's names. */
export const sqsActionNames = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'SetQueueAttributes',
  'PurgeQueue',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'SendMessageBatch',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
] as const;
/** The SNS operations that the engine has, by AWS's names. */
export const snsActionNames = [
  'CreateTopic',
  'DeleteTopic',
  'ListTopics',
  'GetTopicAttributes',
  'SetTopicAttributes',
  'Subscribe',
  'Unsubscribe',
  'ListSubscriptions',
  'ListSubscriptionsByTopic',
  'GetSubscriptionAttributes',
  'SetSubscriptionAttributes',
  'Publish',
  'PublishBatch',
] as const;
export type SqsActionName = (typeof sqsActionNames)[number];
export type SnsActionName = (typeof snsActionNames)[number];

/** A refusal of the engine, in the terms of AWS: an error code, the HTTP status and whose fault it is. */
export class MessagingError extends Error {
  override name = 'MessagingError';
  readonly code: string;
  readonly statusCode: number;
  readonly senderFault: boolean;
  readonly queryErrorHeader: string | undefined;
  constructor(refusal: EngineError) {
    super(refusal.message, { cause: refusal });
    this.code = refusal.code;
    this.statusCode = refusal.statusCode;
    this.senderFault = refusal.senderFault ?? true;
    this.queryErrorHeader = refusal.queryErrorHeader;
  }
}

/** SQS, SNS and S3 in this process. Calls are function calls; the AWS endpoint gives them their wire form. */
export type Messaging = {
  /**
   * One SQS operation with its JSON input. A caller who leaves a long poll says so by `gone` and takes no message:
   * it would be hidden from everybody until its visibility timeout.
   * @throws MessagingError
   */
  sqs(action: SqsActionName, input: object, gone?: AbortSignal): Promise<Record<string, unknown>>;
  /** One SNS operation with its flattened query parameters; answers AWS's XML. @throws MessagingError */
  sns(action: SnsActionName, params: Record<string, string>): Promise<string>;
  /** One S3 request by method, path and headers; answers as S3 does, errors included. */
  s3(call: S3Call): S3Reply;
  objects: ObjectStore;
  queues(): Iterable<Queue>;
  queue(name: string): Queue | undefined;
  topic(arn: string): Topic | undefined;
  /** Takes the address under which clients reach the AWS endpoint, `http://host:port`: QueueUrls begin with it. */
  setPublicUrl(address: string): void;
  stop(): Promise<void>;
};

export type MessagingOptions = {
  /** Holds the database file; made when missing. */
  dataDir: string;
  region?: string;
};

/**
 * Starts the messaging engine in this process, with its state as it was when the last one ended.
 * @throws StartError when another process uses the folder
 */
export async function startMessaging(options: MessagingOptions): Promise<Messaging> {
  const { region = 'eu-west-1' } = options;
  let address = 'http://127.0.0.1';
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const [sqsModule, snsModule, s3Module, persistenceModule] = await Promise.all([
    fauxqsPart<{ SqsStore: new () => SqsStore; SqsQueue: { prototype: QueueTimers } }>('sqs/sqsStore.js'),
    fauxqsPart<{ SnsStore: new () => SnsStore }>('sns/snsStore.js'),
    fauxqsPart<{ S3Store: new () => ObjectStore }>('s3/s3Store.js'),
    fauxqsPart<{ PersistenceManager: new (folder: string) => Persistence }>('persistence.js'),
  ]);
  const [sqs, sns, objects] = [new sqsModule.SqsStore(), new snsModule.SnsStore(), new s3Module.S3Store()];
  sqs.region = region;
  sns.region = region;
  sqs.host = ''; // queue addresses then follow the caller's Host header instead of a name that does not resolve
  const persistence = openPersistence(() => new persistenceModule.PersistenceManager(dataDir), dataDir);
  persistence.load(sqs, sns, objects);
  for (const queue of sqs.allQueues()) {
    queue.persistence = persistence;
    restoreDeduplication(queue);
  }
  for (const store of [sqs, sns, objects]) store.persistence = persistence;
  listInKeyOrder(objects);
  // The engine looks at each queue that somebody waits on fifty times a second: one clock for all does.
  sqsModule.SqsQueue.prototype.startPollTimerIfNeeded = () => {};
  const clock = setInterval(() => sqs.processAllTimers(), timersEveryMs).unref();
  const [sqsActions, snsActions, s3] = await Promise.all([
    loadActions<SqsAction>('sqs', sqsActionNames),
    loadActions<SnsAction>('sns', snsActionNames),
    s3Engine(objects),
  ]);
  const headers = {
    authorization: `Credential=platform/20260101/${region}/sqs/aws4_request`,
    get host() {
      return new URL(address).host;
    },
  };
  const call = (action: SqsActionName, input: object) => sqsActions.get(action)?.(input, sqs, { headers });
  return {
    objects,
    s3(request) {
      const reply = persistence.transaction(() => s3(request));
      persistence.commit();
      return reply;
    },
    async sqs(action, input, gone) {
      try {
        if (action === 'ReceiveMessage')
          return await receive(sqs, (once) => persistence.transaction(() => call(action, once)), input, gone);
        const output = persistence.transaction(() => call(action, input));
        await persistence.committed();
        return withAddress(output, address);
      } catch (error) {
        throw asMessagingError(error);
      }
    },
    async sns(action, params) {
      try {
        if (action === 'Subscribe') checkSubscription(params);
        const output = await persistence.transaction(() =>
          snsActions.get(action)?.(params, sns, sqs, { headers }),
        );
        await persistence.committed();
        return output ?? '';
      } catch (error) {
        throw asMessagingError(error);
      }
    },
    queues: () => sqs.allQueues(),
    queue: (name) => sqs.getQueueByName(name),
    topic: (arn) => sns.getTopic(arn),
    setPublicUrl(url) {
      address = url;
    },
    async stop() {
      clearInterval(clock);
      sqs.shutdown();
      persistence.close();
    },
  };
}

/** How late a message may come back after its visibility timeout or delay, which are whole seconds. */
const timersEveryMs = 100;

type ReceiveInput = { QueueUrl?: string; WaitTimeSeconds?: number };

/**
 * A long poll that lasts until a message is there, the time is over or the caller has gone. (The engine's own
 * answers empty-handed when another poll took the message that woke it, and gives messages to callers who left.)
 */
async function receive(
  store: SqsStore,
  take: (input: object) => unknown,
  input: ReceiveInput,
  gone?: AbortSignal,
): Promise<Record<string, unknown>> {
  const queue = store.getQueue(input.QueueUrl ?? '');
  const seconds = input.WaitTimeSeconds ?? Number(queue?.attributes.ReceiveMessageWaitTimeSeconds ?? 0);
  const endsAt = performance.now() + seconds * 1000;
  // The engine itself refuses a wait beyond 20 s, so such a value is passed on as it came.
  const once = { ...input, WaitTimeSeconds: seconds > 20 || seconds < 0 ? seconds : 0 };
  for (;;) {
    const output = ((await take(once)) ?? {}) as { Messages?: unknown[] };
    const leftMs = endsAt - performance.now();
    if (output.Messages || !queue || leftMs <= 0 || gone?.aborted) return output;
    await untilMessage(queue, leftMs, gone);
    if (gone?.aborted || store.getQueueByName(queue.name) !== queue) return {};
  }
}

async function untilMessage(queue: Queue, waitMs: number, gone?: AbortSignal): Promise<void> {
  const woken = queue.waitForMessages(waitMs / 1000);
  const waiter = queue.pollWaiters.at(-1);
  const leave = () => {
    if (!waiter) return;
    clearTimeout(waiter.timer);
    queue.pollWaiters.splice(queue.pollWaiters.indexOf(waiter), 1);
    waiter.resolve();
  };
  gone?.addEventListener('abort', leave, { once: true });
  await woken;
  gone?.removeEventListener('abort', leave);
}

/** Gives every QueueUrl of an answer the address under which clients reach the AWS endpoint now. */
function withAddress(output: unknown, address: string): Record<string, unknown> {
  const answer = (output ?? {}) as { QueueUrl?: string; QueueUrls?: string[] };
  const here = (url: string) => `${address}/000000000000/${url.slice(url.lastIndexOf('/') + 1)}`;
  if (answer.QueueUrl) answer.QueueUrl = here(answer.QueueUrl);
  if (answer.QueueUrls) answer.QueueUrls = answer.QueueUrls.map(here);
  return answer;
}

const deduplicationWindowMs = 5 * 60_000;

/** The engine forgets deduplication ids when it ends; those of the messages that are still there are known. */
function restoreDeduplication(queue: Queue): void {
  const { ready, delayed, inflight } = queue.inspectMessages();
  for (const message of [...ready, ...delayed, ...inflight.map((entry) => entry.message)]) {
    const { messageDeduplicationId: id, messageId, sequenceNumber, sentTimestamp } = message;
    if (id && Date.now() - sentTimestamp < deduplicationWindowMs)
      queue.recordDeduplication(id, messageId, sequenceNumber);
  }
}

function asMessagingError(error: unknown): unknown {
  const refusal = error as Partial<EngineError>;
  return error instanceof Error && typeof refusal.code === 'string' && typeof refusal.statusCode === 'number'
    ? new MessagingError(error as EngineError)
    : error;
}

/** Loads the engine's function for each operation; file, function and operation share their name. */
async function loadActions<T>(folder: string, names: readonly string[]): Promise<Map<string, T>> {
  const entries = names.map(async (name): Promise<[string, T]> => {
    const functionName = name[0]?.toLowerCase() + name.slice(1);
    const file = sharedFiles[name] ?? functionName;
    const module = await fauxqsPart<Record<string, T>>(`${folder}/actions/${file}.js`);
    const action = module[functionName];
    if (!action) throw new TypeError(`fauxqs has no ${functionName} in ${folder}/actions/${file}.js`);
    return [name, action];
  });
  return new Map(await Promise.all(entries));
}

const sharedFiles: Record<string, string> = {
  PublishBatch: 'publish',
  ListSubscriptionsByTopic: 'listSubscriptions',
};
