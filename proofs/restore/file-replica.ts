import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { startMessaging } from '../../platform/engines/messaging.ts';
import { noteFailures } from './failures.ts';
import type { Addresses } from './shop.ts';

type Copied = { bucket: string; key: string; etag: string; body: Buffer; headers: Record<string, string> };

/** A second place for all files. */
export type FileReplica = {
  files(): readonly Copied[];
  /** @throws what failed before the loss (ms) */
  stop(lossAt?: number): Promise<void>;
};

/** Follows every bucket through S3's own API, as replication to another region does. */
export function replicateFiles(shop: Addresses, everyMs: number): FileReplica {
  const client = filesOf(shop);
  const ending = new AbortController();
  const failures = noteFailures();
  const copied = new Map<string, Copied>();
  const follow = async () => {
    while (!ending.signal.aborted) {
      for await (const { bucket, key, etag } of listed(client)) {
        const place = `${bucket}/${key}`;
        if (copied.get(place)?.etag === etag) continue;
        const found = await read(client, bucket, key);
        if (found) copied.set(place, { bucket, key, etag, ...found });
      }
      await pause(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const following = follow().catch(failures.note);
  return {
    files: () => [...copied.values()],
    stop: async (lossAt = 0) => {
      ending.abort();
      await following;
      client.destroy();
      failures.throwBefore(lossAt);
    },
  };
}

/** Puts the files where a shop that is not started yet finds them; nobody is told of them as of new ones. */
export async function layOutFiles(replica: FileReplica, dataDir: string, region: string): Promise<void> {
  const messaging = await startMessaging({ dataDir, region });
  try {
    for (const { bucket, key, headers, body } of replica.files()) {
      if (!messaging.objects.hasBucket(bucket)) messaging.objects.createBucket(bucket);
      const reply = messaging.s3({ action: 'PutObject', bucket, key, query: {}, headers, body });
      if (reply.status !== 200) throw new Error(`${bucket}/${key}: ${reply.status} ${String(reply.body)}`);
    }
  } finally {
    await messaging.stop();
  }
}

/** Replicated files that the shop does not have as they were. */
export async function differingFiles(replica: FileReplica, shop: Addresses): Promise<string[]> {
  const client = filesOf(shop);
  const differing: string[] = [];
  for (const { bucket, key, body } of replica.files()) {
    const found = await read(client, bucket, key);
    if (found === undefined || digest(found.body) !== digest(body)) differing.push(`${bucket}/${key}`);
  }
  client.destroy();
  return differing;
}

const digest = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

const filesOf = ({ awsUrl, region, credentials }: Addresses): S3Client =>
  new S3Client({ endpoint: awsUrl, region, credentials, forcePathStyle: true, maxAttempts: 1 });

async function* listed(client: S3Client): AsyncGenerator<{ bucket: string; key: string; etag: string }> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand());
  for (const { Name: bucket = '' } of Buckets)
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
      for (const { Key: key = '', ETag: etag = '' } of Contents) yield { bucket, key, etag };
}

/** A file with what describes it; undefined when it is gone. */
async function read(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<Pick<Copied, 'body' | 'headers'> | undefined> {
  try {
    const found = await client.send(new GetObjectCommand({ Bucket, Key }));
    const described = Object.entries(found.Metadata ?? {}).map(([name, value]) => [
      `x-amz-meta-${name}`,
      value,
    ]);
    return {
      body: Buffer.from((await found.Body?.transformToByteArray()) ?? []),
      headers: {
        ...Object.fromEntries(described),
        ...(found.ContentType ? { 'content-type': found.ContentType } : {}),
        ...(found.CacheControl ? { 'cache-control': found.CacheControl } : {}),
      },
    };
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
