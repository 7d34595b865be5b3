import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBStreamEvent, S3Event } from 'aws-lambda';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { aQueue, aTopic, tables as freshTables } from '#shared/testing/engines.ts';
import { setEnvironment } from '#shared/testing/environment.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent } from '#shared/testing/queue.ts';

/** An admin, as the authorizer passes one on. */
export const admin = { userId: randomUUID(), roles: ['admin'] as 'admin'[] };

type Upload = { mediaId: string; upload: { method: string; url: string; headers: Record<string, string> } };

/** Creates tables, a topic with a queue, and a bucket, and sets the service's environment. */
async function resources() {
  const tables = await freshTables('media', 'media-outbox', 'media-idempotency');
  const queue = await aQueue({ fifo: true });
  const topic = await aTopic({ fifo: true, queues: [queue] });
  const bucket = `test-${randomUUID()}`;
  await new S3Client({}).send(new CreateBucketCommand({ Bucket: bucket }));
  setEnvironment({
    MEDIA_TABLE: tables.media,
    OUTBOX_TABLE: tables['media-outbox'],
    IDEMPOTENCY_TABLE: tables['media-idempotency'],
    PICTURE_BUCKET: bucket,
    USER_FILES_BUCKET: bucket,
    IMAGE_BASE_URL: 'https://images.test/',
    MEDIA_EVENTS_TOPIC_ARN: topic,
  });
  return { bucket, tables, queue };
}

/** The media service on fresh tables and its own bucket; tests call its handlers as AWS does. */
export async function mediaService() {
  const { bucket, tables, queue } = await resources();
  const api = await import('../src/api.ts');
  const { handler: createUpload } = await import('../src/handlers/create-upload.ts');
  const { handler: getMedia } = await import('../src/handlers/get-media.ts');
  const { handler: processImage } = await import('../src/handlers/process-image.ts');
  const { handler: relayOutbox } = await import('../src/handlers/relay-outbox.ts');
  const { handler: sweepOutbox } = await import('../src/handlers/sweep-outbox.ts');
  const { handler: health } = await import('../src/handlers/health.ts');

  const register = (body: unknown, request: TestRequest = {}) =>
    send<Upload & { code?: string; errors?: { field: string }[] }>(createUpload, api.createUploadRoute, {
      caller: admin,
      body,
      ...request,
    });
  return {
    bucket,
    tables,
    register,
    get: (id: string, request: TestRequest = {}) =>
      send<Item & { state: string }>(getMedia, api.getMediaRoute, {
        params: { id },
        caller: admin,
        ...request,
      }),
    health: () => send(health, api.healthRoute),
    /** Registers and uploads a file; returns its media id. */
    async upload(file: Buffer, contentType: string): Promise<string> {
      const { body } = await register({
        productId: randomUUID(),
        contentType,
        bytes: file.length,
        altText: 'A lamp',
      });
      const { method, url, headers } = body.upload;
      const response = await fetch(url, { method, headers, body: new Uint8Array(file) });
      if (!response.ok) throw new Error(`upload returned ${response.status}: ${await response.text()}`);
      return body.mediaId;
    },
    /** Notifies the service of an uploaded original, as S3 does. */
    written: (mediaId: string, over: { key?: string; size?: number } = {}) =>
      processImage(s3Event(bucket, over.key ?? `originals/${mediaId}`, over.size ?? 1000), lambdaContext()),
    /** Sends the stream record of an upload's outbox entry. */
    relay: (mediaId: string) => relayOutbox(insertOf(mediaId), lambdaContext()),
    sweep: (at: Date) => sweepOutbox(scheduleEvent(at) as never, lambdaContext()),
    published: () => eventsIn(queue),
    /** The outbox entries of an upload. */
    async entries(mediaId: string): Promise<Item[]> {
      const page = await dynamo().query<Item>({
        table: tables['media-outbox'],
        where: 'aggregate_id = :id',
        values: { ':id': mediaId },
      });
      return page.items;
    },
  };
}

const s3Event = (bucket: string, key: string, size: number) =>
  ({
    Records: [
      {
        responseElements: { 'x-amz-request-id': 'request' },
        s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key), size, sequencer: '01' } },
      },
    ],
  }) as unknown as S3Event;

const insertOf = (aggregateId: string) =>
  ({
    Records: [
      {
        eventID: '1',
        eventName: 'INSERT',
        dynamodb: { Keys: { aggregate_id: { S: aggregateId }, entry_id: { S: '1' } }, SequenceNumber: '1' },
      },
    ],
  }) as DynamoDBStreamEvent;
