import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  createStores,
  type EngineError,
  loadActions,
  type ObjectStore,
  type Queue,
  type SnsAction,
  type SqsAction,
  type Subscription,
  type Topic,
} from './fauxqs-internals.ts';
import { checkSubscription, listInKeyOrder } from './messaging-guards.ts';
import { openPersistence } from './messaging-persistence.ts';
import { receive, restoreDeduplication } from './messaging-receive.ts';
import { type S3Call, type S3Reply, s3Engine } from './messaging-s3.ts';
import { withDeadLetters } from './undelivered.ts';

/** The SQS operations that the engine has, by AWS's names. */
export const sqsActionNames = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'SetQueueAttributes',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'SendMessageBatch',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
] as const;
/** The SNS operations that the engine has, by AWS's names. */
export const snsActionNames = [
  'CreateTopic',
  'DeleteTopic',
  'SetTopicAttributes',
  'Subscribe',
  'Unsubscribe',
  'SetSubscriptionAttributes',
  'Publish',
  'PublishBatch',
] as const;
export type SqsActionName = (typeof sqsActionNames)[number];
export type SnsActionName = (typeof snsActionNames)[number];

/** An error of the engine with AWS's error code and HTTP status. */
export class MessagingError extends Error {
  override name = 'MessagingError';
  readonly code: string;
  readonly statusCode: number;
  readonly queryErrorHeader: string | undefined;
  constructor(error: EngineError) {
    super(error.message, { cause: error });
    this.code = error.code;
    this.statusCode = error.statusCode;
    this.queryErrorHeader = error.queryErrorHeader;
  }
}

/** SQS, SNS and S3 in this process. The AWS endpoint converts between these calls and the wire protocols. */
export type Messaging = {
  /**
   * One SQS operation with its JSON input. `signal` ends a long poll without receiving a message, which would
   * otherwise stay hidden until its visibility timeout.
   * @throws MessagingError
   */
  sqs(action: SqsActionName, input: object, signal?: AbortSignal): Promise<Record<string, unknown>>;
  /** One SNS operation with its flattened query parameters; returns AWS's XML. @throws MessagingError */
  sns(action: SnsActionName, params: Record<string, string>): Promise<string>;
  /** One S3 request; the response has S3's format, errors included. */
  s3(call: S3Call): S3Reply;
  objects: ObjectStore;
  queues(): Iterable<Queue>;
  queue(name: string): Queue | undefined;
  topics(): Iterable<Topic>;
  subscriptions(): Iterable<Subscription>;
  /** Lets a test decide which queues refuse the messages of topics. */
  refuseDeliveries(refuses: (queueName: string) => boolean): void;
  /** Sets the URL of the AWS endpoint, with which queue URLs begin: `http://host:port`. */
  setPublicUrl(address: string): void;
  stop(): Promise<void>;
};

type MessagingOptions = {
  /** Folder of the database file; created when missing. */
  dataDir: string;
  region?: string;
};

/** How often messages become visible whose visibility timeout or delay, in whole seconds, is over. */
const timersEveryMs = 100;

/**
 * Starts the messaging engine in this process, with the state of its last run.
 * @throws StartError when another process uses the folder
 */
export async function startMessaging(options: MessagingOptions): Promise<Messaging> {
  const { region = 'eu-west-1' } = options;
  let address = 'http://127.0.0.1';
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const { persistence, sqs, sns, objects } = await openStores(dataDir, region);
  let refusesDelivery = (_queueName: string) => false;
  const delivering = withDeadLetters(sns, sqs, (queueName) => refusesDelivery(queueName));
  const timers = setInterval(() => sqs.processAllTimers(), timersEveryMs).unref();
  const [sqsActions, snsActions, s3] = await Promise.all([
    loadActions<SqsAction>('sqs', sqsActionNames.map(functionName)),
    loadActions<SnsAction>('sns', snsActionNames.map(functionName)),
    s3Engine(objects),
  ]);
  const headers = {
    authorization: `Credential=platform/20260101/${region}/sqs/aws4_request`,
    get host() {
      return new URL(address).host;
    },
  };
  const call = (action: SqsActionName, input: object) =>
    sqsActions.get(functionName(action))?.(input, sqs, { headers });
  return {
    objects,
    s3(request) {
      const reply = persistence.transaction(() => s3(request));
      persistence.commit();
      return reply;
    },
    async sqs(action, input, signal) {
      try {
        if (action === 'ReceiveMessage')
          return await receive(
            sqs,
            (once) => persistence.transaction(() => call(action, once)),
            input,
            signal,
          );
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
        const topics = action === 'Publish' || action === 'PublishBatch' ? delivering : sns;
        const output = await persistence.transaction(() =>
          snsActions.get(functionName(action))?.(params, topics, sqs, { headers }),
        );
        await persistence.committed();
        return output ?? '';
      } catch (error) {
        throw asMessagingError(error);
      }
    },
    queues: () => sqs.allQueues(),
    queue: (name) => sqs.getQueueByName(name),
    topics: () => sns.topics.values(),
    subscriptions: () => sns.subscriptions.values(),
    refuseDeliveries(refuses) {
      refusesDelivery = refuses;
    },
    setPublicUrl(url) {
      address = url;
    },
    async stop() {
      clearInterval(timers);
      sqs.shutdown();
      persistence.close();
    },
  };
}

async function openStores(dataDir: string, region: string) {
  const { sqs, sns, objects, openDatabase } = await createStores();
  sqs.region = region;
  sns.region = region;
  sqs.host = ''; // queue URLs then contain the caller's Host header instead of a name that does not resolve
  const persistence = openPersistence(() => openDatabase(dataDir), dataDir);
  persistence.load(sqs, sns, objects);
  for (const queue of sqs.allQueues()) {
    queue.persistence = persistence;
    restoreDeduplication(queue);
  }
  for (const store of [sqs, sns, objects]) store.persistence = persistence;
  listInKeyOrder(objects);
  return { persistence, sqs, sns, objects };
}

/** `CreateQueue` is `createQueue` in the engine. */
const functionName = (action: string) => action.charAt(0).toLowerCase() + action.slice(1);

/** Replaces the origin of every queue URL in a response with the URL of the AWS endpoint. */
function withAddress(output: unknown, address: string): Record<string, unknown> {
  const response = (output ?? {}) as { QueueUrl?: string; QueueUrls?: string[] };
  const publicUrl = (url: string) => `${address}/000000000000/${url.slice(url.lastIndexOf('/') + 1)}`;
  if (response.QueueUrl) response.QueueUrl = publicUrl(response.QueueUrl);
  if (response.QueueUrls) response.QueueUrls = response.QueueUrls.map(publicUrl);
  return response;
}

function asMessagingError(error: unknown): unknown {
  const { code, statusCode } = error as Partial<EngineError>;
  return error instanceof Error && typeof code === 'string' && typeof statusCode === 'number'
    ? new MessagingError(error as EngineError)
    : error;
}
