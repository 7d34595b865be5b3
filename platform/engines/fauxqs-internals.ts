/**
 * The only file that reaches into private parts of fauxqs. The platform runs its stores and operations without its
 * HTTP server, which listens on every interface, rejects bodies over 11 MiB and costs more CPU than the operations.
 * package.json pins the version; `fauxqs-internals.test.ts` fails first, and names the member, when one changes.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import type { S3Object } from '../../node_modules/fauxqs/dist/s3/s3Types.js';
import type { SnsStore as FauxqsSnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import type { SnsSubscription, SnsTopic } from '../../node_modules/fauxqs/dist/sns/snsTypes.js';
import type { SqsStore as FauxqsSqsStore, SqsQueue } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';

/** The version whose private members this file describes. */
export const supportedVersion = '2.4.1';
export const fauxqsRoot = resolve(import.meta.dirname, '../../node_modules/fauxqs');

export type Queue = Omit<SqsQueue, 'persistence'> & { persistence?: Persistence };
export type SqsStore = Pick<FauxqsSqsStore, 'host' | 'region' | 'processAllTimers' | 'shutdown'> & {
  persistence?: Persistence;
  allQueues(): Iterable<Queue>;
  getQueue(url: string): Queue | undefined;
  getQueueByName(name: string): Queue | undefined;
};
export type Subscription = SnsSubscription;
export type Topic = SnsTopic;
export type SnsStore = Pick<FauxqsSnsStore, 'region' | 'topics' | 'subscriptions' | 'getSubscription'> & {
  persistence?: Persistence;
};
export type StoredObject = S3Object;
export type ObjectStore = Pick<
  S3Store,
  'listObjects' | 'hasBucket' | 'createBucket' | 'getObject' | 'headObject'
> & {
  persistence?: Persistence;
  buckets: Map<string, Map<string, StoredObject>>;
};

export type Persistence = {
  db: {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: unknown[]): unknown };
    readonly isTransaction: boolean;
  };
  load(sqs: SqsStore, sns: SnsStore, s3: ObjectStore): void;
  insertMessage(...values: unknown[]): void;
  updateMessageInflight(messageId: string, ...rest: unknown[]): void;
  updateMessageReady(messageId: string): void;
  updateQueueSequenceCounter(...values: unknown[]): void;
  deleteMessage(messageId: string): void;
  transaction<T>(work: () => T): T;
  close(): void;
};

type RequestHeaders = { headers: Record<string, string> };
export type SqsAction = (body: unknown, store: SqsStore, request: RequestHeaders) => unknown;
export type SnsAction = (
  params: Record<string, string>,
  sns: SnsStore,
  sqs: SqsStore,
  request: RequestHeaders,
) => string | Promise<string>;
export type S3Reply = {
  header(name: string, value: unknown): S3Reply;
  status(code: number): S3Reply;
  send(body?: string | Buffer): S3Reply;
};
export type S3Action = (
  request: {
    params: { bucket: string; '*': string };
    query: Record<string, string>;
    headers: Record<string, string>;
    body: Buffer;
  },
  reply: S3Reply,
  store: ObjectStore,
) => void;

/** What fauxqs throws for a rejected call. `statusCode` is the HTTP status. */
export type EngineError = Error & {
  code: string;
  statusCode: number;
  senderFault?: boolean;
  queryErrorHeader?: string;
  toXml?(): string;
};

type StoreClass<T> = { new (): T; prototype: T };
type Modules = {
  'sqs/sqsStore.js': { SqsStore: StoreClass<SqsStore>; SqsQueue: { prototype: Queue } };
  'sns/snsStore.js': { SnsStore: StoreClass<SnsStore> };
  's3/s3Store.js': { S3Store: StoreClass<ObjectStore> };
  'persistence.js': {
    PersistenceManager: { new (dataDir: string): Persistence; prototype: Persistence };
  };
};

/** Loads one module by its path under `dist/`; the package exports none of them. */
export async function fauxqsModule<Path extends keyof Modules>(path: Path): Promise<Modules[Path]> {
  return importFile(path);
}

async function importFile<T>(path: string): Promise<T> {
  const file = join(fauxqsRoot, 'dist', path);
  // Windows needs a URL; Jest resolves plain paths only.
  return (await import(process.platform === 'win32' ? pathToFileURL(file).href : file)) as T;
}

/** Creates the empty stores and opens the database. */
export async function createStores(): Promise<{
  sqs: SqsStore;
  sns: SnsStore;
  objects: ObjectStore;
  openDatabase: (dataDir: string) => Persistence;
}> {
  const { SqsStore, SqsQueue } = await fauxqsModule('sqs/sqsStore.js');
  const { SnsStore } = await fauxqsModule('sns/snsStore.js');
  const { S3Store } = await fauxqsModule('s3/s3Store.js');
  const { PersistenceManager } = await fauxqsModule('persistence.js');
  // Each queue with waiting receivers would poll itself fifty times a second; processAllTimers serves all queues.
  Object.assign(SqsQueue.prototype, { startPollTimerIfNeeded: () => undefined });
  return {
    sqs: new SqsStore(),
    sns: new SnsStore(),
    objects: new S3Store(),
    openDatabase: (dataDir) => new PersistenceManager(dataDir),
  };
}

/** Operations whose file has another name. */
const sharedFiles: Record<string, string> = { publishBatch: 'publish' };

/** Loads operations by the names of their functions, for example `createQueue`. */
export async function loadActions<T>(
  service: 'sqs' | 'sns' | 's3',
  names: readonly string[],
): Promise<Map<string, T>> {
  const entries = names.map(async (name): Promise<[string, T]> => {
    const file = `${service}/actions/${sharedFiles[name] ?? name}.js`;
    const { [name]: action } = await importFile<Record<string, T>>(file);
    if (!action) throw new TypeError(`fauxqs has no ${name} in ${file}`);
    return [name, action];
  });
  return new Map(await Promise.all(entries));
}
