import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { paginateListQueues, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import type { RunningShop } from '../../bench/shop-process.ts';
import { deploymentOf } from '../../build/compiled.ts';
import { withClient } from '../load/postgres.ts';

/** Something that was searched: a row, an item, an object, a message or a file. */
export type Document = { store: string; place: string; bytes: Buffer };

/** How to read the stores of a shop; `redis` is the port of its server. */
export type Stores = { shop: RunningShop; dataDir: string; redis: number | undefined };

/** The stores that are searched without Redis. */
export const storeNames = [
  'PostgreSQL rows',
  'PostgreSQL files',
  'logs',
  'DynamoDB',
  'S3',
  'queues',
] as const;

const databases = ['users', 'orders', 'payments'] as const;

/** Everything that is stored outside the person's own inbox and the payment provider. Large: read one at a time. */
export async function* everyDocument(stores: Stores): AsyncGenerator<Document> {
  yield* rows(stores.shop);
  yield* files(stores.dataDir, 'postgres', 'PostgreSQL files');
  yield* files(stores.dataDir, 'logs', 'logs');
  yield* items(stores.shop);
  yield* objects(stores.shop);
  yield* messages(stores.shop);
  if (stores.redis !== undefined) yield* keys(stores.redis);
}

/** Every row of every table, also of the catalogue, which contains statistics of values. */
async function* rows({ database }: RunningShop): AsyncGenerator<Document> {
  for (const name of databases)
    yield* await withClient(database, name, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'm')`,
      );
      const documents: Document[] = [];
      for (const table of tables) {
        const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table.name} t`);
        const bytes = Buffer.from(rows.map(({ row }) => row).join('\n'));
        documents.push({ store: 'PostgreSQL rows', place: `${name} ${table.name}`, bytes });
      }
      return documents;
    });
}

/** PostgreSQL's write-ahead log is left out: like a backup, it contains the past until it is overwritten. */
const isLog = (path: string): boolean => path.includes('/pg_wal/');

async function* files(dataDir: string, folder: string, store: string): AsyncGenerator<Document> {
  const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || isLog(path)) continue;
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      // A running server deletes temporary files.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes !== undefined) yield { store, place: relative(dataDir, path), bytes };
  }
}

async function* items({ aws, stage }: RunningShop): AsyncGenerator<Document> {
  const client = new DynamoDBClient(aws);
  for (const { name } of (await deploymentOf(stage)).tables)
    for await (const { Items = [] } of paginateScan({ client }, { TableName: name }))
      yield { store: 'DynamoDB', place: name, bytes: Buffer.from(JSON.stringify(Items)) };
  client.destroy();
}

async function* objects({ aws }: RunningShop): AsyncGenerator<Document> {
  const client = new S3Client(aws);
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: Bucket } of Buckets)
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }))
      for (const { Key } of Contents) {
        const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket, Key }));
        const content = Buffer.from((await Body?.transformToByteArray()) ?? []);
        const bytes = Buffer.concat([Buffer.from(JSON.stringify([Key, Metadata])), content]);
        yield { store: 'S3', place: `${Bucket}/${Key}`, bytes };
      }
  client.destroy();
}

/** How long a message that was read is hidden, so that each is read once. */
export const hiddenSeconds = 10;

async function* messages({ aws }: RunningShop): AsyncGenerator<Document> {
  const client = new SQSClient(aws);
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, {}))
    for (const QueueUrl of QueueUrls)
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: hiddenSeconds,
            MessageAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) break;
        const place = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
        yield { store: 'queues', place, bytes: Buffer.from(JSON.stringify(Messages)) };
      }
  client.destroy();
}

async function* keys(port: number): AsyncGenerator<Document> {
  const redis = new Redis({ port, host: '127.0.0.1' });
  for await (const names of redis.scanStream() as AsyncIterable<string[]>)
    for (const name of names) {
      const value = (await redis.dumpBuffer(name)) ?? Buffer.alloc(0);
      yield { store: 'Redis', place: name, bytes: Buffer.concat([Buffer.from(name), value]) };
    }
  await redis.quit();
}
