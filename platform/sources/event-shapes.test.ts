import type { BucketSpec, ScheduleSpec } from '../../build/deployment.ts';
import { bucketEvent, encodeKey, matchingNotifications } from './bucket-events.ts';
import { passesFilter } from './event-filter.ts';
import { failedItems, queueEvent } from './queue-events.ts';
import { scheduledEvent } from './schedule-source.ts';
import { streamRecord } from './stream-events.ts';
import { topicEvent } from './topic-source.ts';

const queueArn = 'arn:aws:sqs:eu-west-1:000000000000:shop-local-order-queue.fifo';

describe("a queue's event", () => {
  test('contains attributes and message attributes under the names of Lambda', () => {
    const event = queueEvent(
      [
        {
          MessageId: 'm-1',
          ReceiptHandle: 'r-1',
          Body: '{}',
          MD5OfBody: 'md5',
          MD5OfMessageAttributes: 'md5a',
          Attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1', MessageGroupId: 'g' },
          MessageAttributes: { type: { DataType: 'String', StringValue: 'ORDER_PAID' } },
        },
      ],
      queueArn,
    );
    expect(event.Records).toEqual([
      {
        messageId: 'm-1',
        receiptHandle: 'r-1',
        body: '{}',
        attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1', MessageGroupId: 'g' },
        messageAttributes: {
          type: { stringValue: 'ORDER_PAID', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        md5OfBody: 'md5',
        md5OfMessageAttributes: 'md5a',
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: 'eu-west-1',
      },
    ]);
  });
});

describe('a partial batch response', () => {
  const failed = (response: unknown) => [...failedItems(JSON.stringify(response), ['a', 'b'])];
  test('names the failed items', () => {
    expect(failed({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual(['b']);
  });
  test.each([[null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    '%j is a full success',
    (response) => {
      expect(failed(response)).toEqual([]);
    },
  );
  test.each([
    [{ batchItemFailures: [{ itemIdentifier: '' }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }],
    [{ batchItemFailures: [{ id: 'a' }] }],
    [{ batchItemFailures: [null] }],
    [{ batchItemFailures: 'a' }],
  ])('%j is a full failure', (response) => {
    expect(failed(response)).toEqual(['a', 'b']);
  });
});

describe("a bucket's event", () => {
  const bucket: BucketSpec = {
    stack: 'shop-media-local',
    logicalId: 'ProductImages',
    name: 'shop-local-product-images',
    arn: 'arn:aws:s3:::shop-local-product-images',
    notifications: [
      { event: 's3:ObjectCreated:*', functionArn: 'all', prefix: 'originals/' },
      { event: 's3:ObjectCreated:Put', functionArn: 'jpg', prefix: 'originals/', suffix: '.jpg' },
    ],
    cors: [],
    publicObjects: [],
  };
  const created = {
    eventName: 'ObjectCreated:Put' as const,
    bucket: bucket.name,
    key: 'originals/red chair (1)+.png',
    size: 3,
    eTag: 'etag',
    sequencer: '0055AED6DCD90281E5',
    time: new Date('2026-11-20T08:00:00.123Z'),
    caller: 'operator',
  };

  test('goes to the functions whose filter matches', () => {
    expect(matchingNotifications(bucket, created).map(({ functionArn }) => functionArn)).toEqual(['all']);
    expect(matchingNotifications(bucket, { ...created, key: 'originals/a.jpg' })).toHaveLength(2);
    expect(matchingNotifications(bucket, { ...created, key: 'thumbs/a.jpg' })).toEqual([]);
    expect(
      matchingNotifications(bucket, { ...created, key: 'originals/a.jpg', eventName: 'ObjectCreated:Post' }),
    ).toHaveLength(1);
  });

  test('has the form and the key encoding of S3', () => {
    const [record] = bucketEvent(created, bucket, 'eu-west-1', '000000000000').Records;
    expect(record).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventTime: '2026-11-20T08:00:00.123Z',
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket.name, arn: bucket.arn },
        object: {
          key: 'originals/red+chair+%281%29%2B.png',
          size: 3,
          eTag: 'etag',
          sequencer: '0055AED6DCD90281E5',
        },
      },
    });
    expect(encodeKey('a/ü?&=~*.jpg')).toBe('a/%C3%BC%3F%26%3D%7E*.jpg');
  });
});

describe("a topic's event", () => {
  test('is one record with the names of SNS', () => {
    const body = {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: 'arn:topic',
      Message: '{"id":1}',
      Timestamp: '2026-11-20T08:00:00.000Z',
      SignatureVersion: '1',
      Signature: 's',
      SigningCertURL: 'https://cert',
      UnsubscribeURL: 'https://unsubscribe',
      MessageAttributes: { type: { Type: 'String', Value: 'ORDER_CREATED' } },
    };
    expect(JSON.parse(JSON.stringify(topicEvent(JSON.stringify(body), 'arn:subscription')))).toEqual({
      Records: [
        {
          EventVersion: '1.0',
          EventSubscriptionArn: 'arn:subscription',
          EventSource: 'aws:sns',
          Sns: {
            Type: 'Notification',
            MessageId: 'm-1',
            TopicArn: 'arn:topic',
            Subject: null,
            Message: '{"id":1}',
            Timestamp: '2026-11-20T08:00:00.000Z',
            SignatureVersion: '1',
            Signature: 's',
            SigningCertUrl: 'https://cert',
            UnsubscribeUrl: 'https://unsubscribe',
            MessageAttributes: { type: { Type: 'String', Value: 'ORDER_CREATED' } },
          },
        },
      ],
    });
  });
});

describe("a schedule's event", () => {
  test('names rule and minute', () => {
    const schedule = { ruleArn: 'arn:rule' } as ScheduleSpec;
    const event = scheduledEvent(schedule, new Date('2026-11-20T08:00:00.020Z'), 'eu-west-1', '000000000000');
    expect(event).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: '2026-11-20T08:00:00Z',
      region: 'eu-west-1',
      resources: ['arn:rule'],
      detail: {},
    });
  });
});

describe("a stream's record", () => {
  test('has the ARN and the region of the deployment and its own id', () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/shop-local-products/stream/2026';
    const from = {
      eventID: '1',
      eventName: 'INSERT' as const,
      eventVersion: '1.1',
      dynamodb: { ApproximateCreationDateTime: 1, SequenceNumber: '1', Keys: { id: { S: 'a' } } },
    };
    expect(streamRecord(from, arn)).toEqual({
      ...from,
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: arn,
    });
  });
});

describe('a filter pattern', () => {
  const event = { eventName: 'INSERT', dynamodb: { NewImage: { state: { S: 'PAID' } } } };
  test.each([
    [{ eventName: ['INSERT', 'MODIFY'] }, true],
    [{ eventName: ['REMOVE'] }, false],
    [{ eventName: ['INSERT'], dynamodb: { NewImage: { state: { S: ['PAID'] } } } }, true],
    [{ dynamodb: { NewImage: { state: { S: ['CANCELLED'] } } } }, false],
    [{ dynamodb: { OldImage: { state: { S: ['PAID'] } } } }, false],
  ])('%j passes: %s', (pattern, passes) => {
    expect(passesFilter([pattern], event)).toBe(passes);
  });
  test('matches alone, and without patterns everything matches', () => {
    expect(passesFilter([{ eventName: ['REMOVE'] }, { eventName: ['INSERT'] }], event)).toBe(true);
    expect(passesFilter([], event)).toBe(true);
  });
});
