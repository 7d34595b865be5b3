import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Deployment, Json, TemplateResource } from '../../build/deployment.ts';
import { aFunction, aPermission, aStack, deployed } from '../../build/template/fixtures/a-stack.ts';
import { type Messaging, startMessaging } from '../engines/messaging.ts';
import { internalQueueName } from './internal-queues.ts';
import { provision } from './provision.ts';

const dynamo = new DynamoDBClient({});
const dynamoUrl = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';

type Resources = Record<string, TemplateResource>;
const queue = (QueueName: string, more: Record<string, Json> = {}): TemplateResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, ...(QueueName.endsWith('.fifo') ? { FifoQueue: true } : {}), ...more },
});
const topic = (TopicName: string): TemplateResource => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName },
});
const policy = (logicalId: string): TemplateResource => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: logicalId }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ],
    },
  },
});
const subscription = (endpoint: string, more: Record<string, Json> = {}): TemplateResource => ({
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: { Ref: 'News' },
    Protocol: 'sqs',
    Endpoint: { 'Fn::GetAtt': [endpoint, 'Arn'] },
    RawMessageDelivery: true,
    ...more,
  },
});

describe('provisioning', () => {
  let folder: string;
  let messaging: Messaging;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-'));
    messaging = await startMessaging({ dataDir: folder });
  });
  afterEach(async () => {
    await messaging.stop();
    await rm(folder, { recursive: true });
  });
  const make = async (resources: Resources): Promise<Deployment> => {
    const deployment = deployed(aStack({ Resources: resources }));
    await provision(deployment, { dynamoUrl, messaging });
    return deployment;
  };
  const names = () => [...messaging.queues()].map(({ name }) => name).toSorted();
  const publish = (type: string) =>
    messaging.sns('Publish', {
      TopicArn: 'arn:aws:sns:eu-west-1:000000000000:news',
      Message: type,
      'MessageAttributes.entry.1.Name': 'type',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': type,
    });
  const bodies = (name: string) =>
    messaging
      .queue(name)
      ?.inspectMessages()
      .ready.map(({ body }) => body);

  describe('queues', () => {
    it('are created with their attributes, once', async () => {
      const resources = {
        Inbox: queue('inbox.fifo', {
          VisibilityTimeout: 61,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
        }),
        Dead: queue('dead.fifo'),
      };
      await make(resources);
      await make(resources);
      expect(names()).toEqual(['dead.fifo', 'inbox.fifo']);
      expect(messaging.queue('inbox.fifo')?.attributes).toMatchObject({
        FifoQueue: 'true',
        VisibilityTimeout: '61',
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead.fifo","maxReceiveCount":3}',
      });
    });
    it('change with the template, also back to the default, and keep their messages', async () => {
      await make({ Inbox: queue('inbox', { VisibilityTimeout: 61 }) });
      const QueueUrl = messaging.queue('inbox')?.url;
      await messaging.sqs('SendMessage', { QueueUrl, MessageBody: 'kept' });
      await make({ Inbox: queue('inbox', { MessageRetentionPeriod: 1209600 }) });
      expect(messaging.queue('inbox')?.attributes).toMatchObject({
        VisibilityTimeout: '30',
        MessageRetentionPeriod: '1209600',
      });
      expect(bodies('inbox')).toEqual(['kept']);
    });
    it('lose a redrive policy that the template no longer declares', async () => {
      const RedrivePolicy = { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 };
      await make({ Inbox: queue('inbox', { RedrivePolicy }), Dead: queue('dead') });
      await make({ Inbox: queue('inbox'), Dead: queue('dead') });
      expect(messaging.queue('inbox')?.attributes).not.toHaveProperty('RedrivePolicy');
    });
    it('are deleted when no stack has them', async () => {
      await make({ Inbox: queue('inbox'), Other: queue('other') });
      await make({ Inbox: queue('inbox') });
      expect(names()).toEqual(['inbox']);
    });
    it('cannot change their deduplication; the message says what to do', async () => {
      await make({ Inbox: queue('inbox.fifo') });
      const changed = queue('inbox.fifo', { DeduplicationScope: 'messageGroup' });
      await expect(make({ Inbox: changed })).rejects.toThrow(
        /Inbox: the queue inbox\.fifo exists and DeduplicationScope cannot change .* `npm run reset`/,
      );
    });
  });

  describe('subscriptions', () => {
    const world = (more: Record<string, Json> = {}): Resources => ({
      News: topic('news'),
      Inbox: queue('inbox'),
      InboxPolicy: policy('Inbox'),
      Subscription: subscription('Inbox', more),
    });
    it('deliver what their filter matches, with raw delivery', async () => {
      await make(world({ FilterPolicy: { type: ['WANTED'] } }));
      await publish('WANTED');
      await publish('UNWANTED');
      expect(bodies('inbox')).toEqual(['WANTED']);
    });
    it('use a changed filter', async () => {
      await make(world({ FilterPolicy: { type: ['WANTED'] } }));
      await make(world({ FilterPolicy: { type: ['OTHER'] } }));
      await publish('WANTED');
      await publish('OTHER');
      expect(bodies('inbox')).toEqual(['OTHER']);
      await make(world());
      await publish('ANY');
      expect(bodies('inbox')).toEqual(['OTHER', 'ANY']);
    });
    it('are deleted when no stack declares them', async () => {
      await make(world());
      await make({ News: topic('news'), Inbox: queue('inbox') });
      await publish('LATE');
      expect(bodies('inbox')).toEqual([]);
    });
    it('deliver once after repeated provisioning', async () => {
      for (let round = 0; round < 3; round++) await make(world());
      await publish('ONCE');
      expect(bodies('inbox')).toEqual(['ONCE']);
    });
    it('of a function deliver to a queue of the platform, in the envelope of SNS', async () => {
      const deployment = await make({
        ...aFunction('Counter'),
        News: topic('news'),
        Permission: aPermission('Counter', 'sns.amazonaws.com', { Ref: 'News' }),
        Subscription: subscription('Counter', { Protocol: 'lambda', FilterPolicy: { type: ['WANTED'] } }),
      });
      await publish('WANTED');
      await publish('UNWANTED');
      const [{ endpointArn = '', topicArn = '' } = {}] = deployment.subscriptions;
      const received = bodies(internalQueueName(endpointArn, topicArn));
      expect(received).toHaveLength(1);
      expect(JSON.parse(received?.[0] ?? '')).toMatchObject({
        Type: 'Notification',
        TopicArn: topicArn,
        Message: 'WANTED',
        MessageAttributes: { type: { Type: 'String', Value: 'WANTED' } },
      });
    });
  });

  describe('buckets', () => {
    it('are created once and keep their objects', async () => {
      const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'pictures' } };
      await make({ Bucket });
      const put = { action: 'PutObject' as const, bucket: 'pictures', key: 'a.txt', query: {} };
      messaging.s3({ ...put, headers: { 'content-type': 'text/plain' }, body: Buffer.from('kept') });
      await make({ Bucket });
      expect(messaging.objects.getObject('pictures', 'a.txt').body.toString()).toBe('kept');
    });
  });

  describe('tables', () => {
    let sequence = 0;
    const aTable = (
      properties: Record<string, Json> = {},
    ): { name: string; resources: (more?: Record<string, Json>) => Resources } => {
      const TableName = `provision-${process.pid}-${Date.now()}-${sequence++}`;
      const base = {
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        ...properties,
      };
      return {
        name: TableName,
        resources: (more = {}) => ({
          Table: { Type: 'AWS::DynamoDB::Table', Properties: { ...base, ...more } },
        }),
      };
    };
    const described = async (name: string) =>
      (await dynamo.send(new DescribeTableCommand({ TableName: name }))).Table;
    const byColour: Record<string, Json> = {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'colour', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-colour',
          KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    };

    it('are created with indexes, time to live and stream, once', async () => {
      const table = aTable({
        ...byColour,
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      });
      await make(table.resources());
      const before = await described(table.name);
      await make(table.resources());
      expect(before?.LatestStreamArn).toBeDefined();
      expect(await described(table.name)).toEqual(before);
      expect(before?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['by-colour']);
      const ttl = await dynamo.send(new DescribeTimeToLiveCommand({ TableName: table.name }));
      expect(ttl.TimeToLiveDescription).toMatchObject({
        TimeToLiveStatus: 'ENABLED',
        AttributeName: 'expiresAt',
      });
    });
    it('get a new index over existing items', async () => {
      const table = aTable();
      await make(table.resources());
      const Item = { id: { S: '1' }, colour: { S: 'red' } };
      await dynamo.send(new PutItemCommand({ TableName: table.name, Item }));
      await make(table.resources(byColour));
      const found = await dynamo.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'by-colour',
          KeyConditionExpression: 'colour = :colour',
          ExpressionAttributeValues: { ':colour': { S: 'red' } },
        }),
      );
      expect(found.Items).toEqual([Item]);
    });
    it('lose an index that the template no longer declares', async () => {
      const table = aTable();
      await make(table.resources(byColour));
      await make(table.resources());
      expect((await described(table.name))?.GlobalSecondaryIndexes ?? []).toEqual([]);
    });
    it('get a stream later', async () => {
      const table = aTable();
      await make(table.resources());
      await make(table.resources({ StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }));
      expect((await described(table.name))?.StreamSpecification).toMatchObject({
        StreamViewType: 'NEW_IMAGE',
      });
    });
    it('cannot change their key; the message names the remedy', async () => {
      const table = aTable();
      await make(table.resources());
      const other = table.resources({
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      });
      await expect(make(other)).rejects.toThrow(
        /Table: the table .* exists and its key has changed\. `npm run reset`/,
      );
    });
  });
});
