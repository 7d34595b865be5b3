import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The parts of fauxqs that the platform runs without its HTTP server, which listens on every interface, refuses
 * bodies over 11 MiB and costs more per call than the work itself. They are internals of version 2.4.1, which
 * package.json pins exactly; `messaging.int.test.ts` runs every one of them.
 */
export type QueueMessage = {
  messageId: string;
  body: string;
  sentTimestamp: number;
  approximateReceiveCount: number;
  messageGroupId?: string;
  messageDeduplicationId?: string;
  sequenceNumber?: string;
};

export type Queue = {
  name: string;
  url: string;
  arn: string;
  attributes: Record<string, string>;
  persistence?: Persistence;
  pollWaiters: { resolve: () => void; timer: NodeJS.Timeout }[];
  waitForMessages(seconds: number): Promise<void>;
  isFifo(): boolean;
  getAttribute(name: string): string | undefined;
  recordDeduplication(id: string, messageId: string, sequenceNumber?: string): void;
  inspectMessages(): {
    ready: QueueMessage[];
    delayed: QueueMessage[];
    inflight: { message: QueueMessage; receiptHandle: string; visibilityDeadline: number }[];
  };
};

/** Of every queue: what begins to look for messages that become visible while somebody waits. */
export type QueueTimers = { startPollTimerIfNeeded(): void };

export type SqsStore = {
  host: string;
  region?: string;
  persistence?: Persistence;
  allQueues(): Iterable<Queue>;
  /** Brings back what was in somebody's hands for too long, and what was delayed. */
  processAllTimers(): void;
  getQueue(url: string): Queue | undefined;
  getQueueByName(name: string): Queue | undefined;
  shutdown(): void;
};

export type Subscription = {
  arn: string;
  topicArn: string;
  protocol: string;
  endpoint: string;
  confirmed: boolean;
  attributes: Record<string, string>;
};
export type Topic = {
  arn: string;
  name: string;
  attributes: Record<string, string>;
  subscriptionArns: string[];
};
export type SnsStore = {
  region?: string;
  persistence?: Persistence;
  getTopic(arn: string): Topic | undefined;
  getSubscription(arn: string): Subscription | undefined;
};

export type StoredObject = {
  key: string;
  body: Buffer;
  contentType: string;
  contentLength: number;
  etag: string;
  lastModified: Date;
  metadata: Record<string, string>;
  cacheControl?: string;
};
export type Listing = { objects: StoredObject[]; commonPrefixes: string[]; isTruncated: boolean };
export type ListOptions = {
  prefix?: string;
  delimiter?: string;
  maxKeys?: number;
  startAfter?: string;
  marker?: string;
};
export type ObjectStore = {
  persistence?: Persistence;
  buckets: Map<string, Map<string, StoredObject>>;
  listObjects(bucket: string, options?: ListOptions): Listing;
  hasBucket(name: string): boolean;
  createBucket(name: string): void;
  deleteBucket(name: string): void;
  getObject(bucket: string, key: string): StoredObject;
  headObject(bucket: string, key: string): StoredObject;
};

export type Statement = { run(...values: unknown[]): unknown };
export type Persistence = {
  db: { exec(sql: string): void; prepare(sql: string): Statement; readonly isTransaction: boolean };
  load(sqs: SqsStore, sns: SnsStore, s3: ObjectStore): void;
  updateMessageInflight(
    messageId: string,
    receiptHandle: string,
    visibilityDeadline: number,
    receiveCount: number,
    firstReceived?: number,
  ): void;
  deleteMessage(messageId: string): void;
  updateMessageReady(messageId: string): void;
  transaction<T>(work: () => T): T;
  close(): void;
};

export type SqsAction = (
  body: unknown,
  store: SqsStore,
  request: { headers: Record<string, string> },
) => unknown;
export type SnsAction = (
  params: Record<string, string>,
  sns: SnsStore,
  sqs: SqsStore,
  request: { headers: Record<string, string> },
) => string | Promise<string>;
export type S3Reply = {
  header(name: string, value: unknown): S3Reply;
  status(code: number): S3Reply;
  send(body?: string | Buffer): S3Reply;
};
export type S3Request = {
  params: { bucket: string; '*': string };
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
};
export type S3Action = (request: S3Request, reply: S3Reply, store: ObjectStore) => void;

/** What fauxqs throws for a refused call. `statusCode` is the HTTP status. */
export type EngineError = Error & {
  code: string;
  statusCode: number;
  senderFault?: boolean;
  queryErrorHeader?: string;
  toXml?(): string;
};

const fauxqsRoot = resolve(import.meta.dirname, '../../node_modules/fauxqs/dist');

/** Loads one module of fauxqs by its path under `dist/`; its `exports` map names none of them. */
export async function fauxqsPart<T>(path: string): Promise<T> {
  const file = join(fauxqsRoot, path);
  // Only Windows needs an address; a plain path is also understood where Jest turns imports into requires.
  return (await import(process.platform === 'win32' ? pathToFileURL(file).href : file)) as T;
}
