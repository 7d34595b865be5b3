import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { DynamoDBRecord, S3Event, ScheduledEvent } from 'aws-lambda';
import { awsBehaviour } from './differences.ts';
import { eventually, seen, target } from './platform.ts';

const s3 = new S3Client({});
const dynamo = new DynamoDBClient({});
const bucket = `${target.prefix}-files`;
const uploads = async (run: string) =>
  (await seen<S3Event>('uploaded', run)).flatMap((event) => event.Records);

describe('a bucket', () => {
  awsBehaviour('sends an event for an object under its prefix, with the key form-encoded', async () => {
    const run = randomUUID();
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `elsewhere/${run}.txt`, Body: 'unseen' }));
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: `originals/${run}/a b+c (é).txt`, Body: 'hello' }),
    );
    const records = await eventually(async () => {
      const found = await uploads(run);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(records[0]).toMatchObject({
      eventVersion: expect.stringMatching(/^2\./),
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      awsRegion: target.region,
      s3: {
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: {
          size: 5,
          eTag: '5d41402abc4b2a76b9719d911017c592',
          sequencer: expect.stringMatching(/^[0-9A-F]+$/i),
        },
      },
    });
    const key = records[0]?.s3.object.key ?? '';
    expect(key).toContain('/a+b%2Bc+');
    expect(decodeURIComponent(key.replaceAll('+', ' '))).toBe(`originals/${run}/a b+c (é).txt`);
  });

  const form = (run: string) =>
    createPresignedPost(s3, {
      Bucket: bucket,
      Key: `originals/${run}.png`,
      Expires: 60,
      Conditions: [
        ['content-length-range', 1, 100],
        ['eq', '$Content-Type', 'image/png'],
      ],
      Fields: { 'Content-Type': 'image/png' },
    });
  const post = async (
    { url, fields }: Awaited<ReturnType<typeof form>>,
    bytes: number,
    type = 'image/png',
  ) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...fields, 'Content-Type': type })) body.set(name, value);
    body.set('file', new Blob([new Uint8Array(bytes)], { type }));
    return fetch(url, { method: 'POST', body });
  };

  awsBehaviour('accepts an upload by a presigned form and sends an event', async () => {
    const run = randomUUID();
    expect((await post(await form(run), 100)).status).toBe(204);
    await eventually(async () => {
      const records = await uploads(run);
      expect(records.map((record) => [record.eventName, record.s3.object.size])).toEqual([
        ['ObjectCreated:Post', 100],
      ]);
    });
  });

  awsBehaviour('refuses a presigned form with too many bytes', async () => {
    const response = await post(await form(randomUUID()), 101);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('EntityTooLarge');
  });

  awsBehaviour('refuses a presigned form with another type', async () => {
    expect((await post(await form(randomUUID()), 10, 'text/html')).status).toBe(403);
  });

  awsBehaviour('refuses a presigned form whose policy was changed', async () => {
    const { url, fields } = await form(randomUUID());
    const policy = Buffer.from(fields['Policy'] ?? '', 'base64')
      .toString()
      .replace('100', '900');
    const forged = { ...fields, Policy: Buffer.from(policy).toString('base64') };
    expect((await post({ url, fields: forged }, 800)).status).toBe(403);
  });
});

describe('a table stream', () => {
  const table = `${target.prefix}-changes`;
  const key = (id: string) => ({ TableName: table, Key: { id: { S: id } } });
  const rename = (id: string, name: string) =>
    dynamo.send(
      new UpdateItemCommand({
        ...key(id),
        UpdateExpression: 'SET #name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': { S: name } },
      }),
    );

  awsBehaviour('delivers each change that its filter matches with both images, in order', async () => {
    const id = randomUUID();
    await dynamo.send(
      new PutItemCommand({ TableName: table, Item: { id: { S: id }, name: { S: 'a' }, n: { N: '1' } } }),
    );
    await rename(id, 'b');
    await dynamo.send(new DeleteItemCommand(key(id)));
    const records = await eventually(async () => {
      const found = await seen<DynamoDBRecord>('changed', id);
      expect(found.map((record) => record.eventName)).toEqual(['INSERT', 'MODIFY']);
      return found;
    });
    expect(records[1]).toMatchObject({
      eventSource: 'aws:dynamodb',
      awsRegion: expect.any(String),
      eventSourceARN: expect.stringContaining(`table/${table}/stream/`),
      dynamodb: {
        Keys: { id: { S: id } },
        OldImage: { id: { S: id }, name: { S: 'a' }, n: { N: '1' } },
        NewImage: { id: { S: id }, name: { S: 'b' }, n: { N: '1' } },
        SequenceNumber: expect.stringMatching(/^\d+$/),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  awsBehaviour('retries a failed change before it continues', async () => {
    const id = randomUUID();
    await dynamo.send(
      new PutItemCommand({ TableName: table, Item: { id: { S: id }, stumble: { BOOL: true } } }),
    );
    await rename(id, 'after');
    await eventually(async () => {
      const events = (await seen<DynamoDBRecord>('changed', id)).map((record) => record.eventName);
      // The second change contains `stumble` too, and so is delivered twice as well.
      expect(events).toEqual(['INSERT', 'INSERT', 'MODIFY', 'MODIFY']);
    }, 15_000);
  });
});

describe('a schedule rule', () => {
  awsBehaviour(
    'invokes its target each minute with the event of EventBridge',
    async () => {
      const events = await eventually(async () => {
        const found = await seen<ScheduledEvent>('scheduled', '');
        expect(found.length).toBeGreaterThan(0);
        return found;
      }, 80_000);
      expect(events[0]).toEqual({
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: target.accountId,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: target.region,
        resources: [`arn:aws:events:${target.region}:${target.accountId}:rule/${target.prefix}-every-minute`],
        detail: {},
      });
    },
    90_000,
  );
});
