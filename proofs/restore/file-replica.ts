import { createHash } from 'node:crypto';
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { RunningShop } from '../../bench/shop-process.ts';
import { startMessaging } from '../../platform/engines/messaging.ts';
import { type Repeating, repeating } from './repeating.ts';

type Copied = { bucket: string; key: string; etag: string; body: Buffer; headers: Record<string, string> };

/** A second copy of all files. */
export type FileReplica = Repeating & { files(): readonly Copied[] };

/** Copies new objects of every bucket through the S3 API, like replication to another region. */
export function replicateFiles(shop: RunningShop, everyMs: number): FileReplica {
  const client = s3Of(shop);
  const copied = new Map<string, Copied>();
  const copying = repeating(everyMs, async () => {
    for await (const { bucket, key, etag } of listed(client)) {
      const path = `${bucket}/${key}`;
      if (copied.get(path)?.etag === etag) continue;
      const found = await read(client, bucket, key);
      if (found) copied.set(path, { bucket, key, etag, ...found });
    }
  });
  return {
    files: () => [...copied.values()],
    stop: (lossAt) => copying.stop(lossAt).finally(() => client.destroy()),
  };
}

/** Writes the files into the data folder of a shop that is not running, so that no notification is sent. */
export async function writeFiles(replica: FileReplica, dataDir: string, region: string): Promise<void> {
  const messaging = await startMessaging({ dataDir, region });
  try {
    for (const { bucket, key, headers, body } of replica.files()) {
      if (!messaging.objects.hasBucket(bucket)) messaging.objects.createBucket(bucket);
      const response = messaging.s3({ action: 'PutObject', bucket, key, query: {}, headers, body });
      if (response.status !== 200)
        throw new Error(`${bucket}/${key}: ${response.status} ${String(response.body)}`);
    }
  } finally {
    await messaging.stop();
  }
}

/** Replicated files that the shop lacks or has changed. */
export async function differingFiles(replica: FileReplica, shop: RunningShop): Promise<string[]> {
  const client = s3Of(shop);
  const differing: string[] = [];
  for (const { bucket, key, body } of replica.files()) {
    const found = await read(client, bucket, key);
    if (found === undefined || digest(found.body) !== digest(body)) differing.push(`${bucket}/${key}`);
  }
  client.destroy();
  return differing;
}

const digest = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

const s3Of = ({ aws }: RunningShop): S3Client =>
  new S3Client({ ...aws, forcePathStyle: true, maxAttempts: 1 });

async function* listed(client: S3Client): AsyncGenerator<{ bucket: string; key: string; etag: string }> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand());
  for (const { Name: bucket = '' } of Buckets)
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
      for (const { Key: key = '', ETag: etag = '' } of Contents) yield { bucket, key, etag };
}

/** A file with its metadata; undefined when it no longer exists. */
async function read(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<Pick<Copied, 'body' | 'headers'> | undefined> {
  try {
    const found = await client.send(new GetObjectCommand({ Bucket, Key }));
    const metadata = Object.entries(found.Metadata ?? {}).map(([name, value]) => [
      `x-amz-meta-${name}`,
      value,
    ]);
    return {
      body: Buffer.from((await found.Body?.transformToByteArray()) ?? []),
      headers: {
        ...Object.fromEntries(metadata),
        ...(found.ContentType ? { 'content-type': found.ContentType } : {}),
        ...(found.CacheControl ? { 'cache-control': found.CacheControl } : {}),
      },
    };
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
