import { createRequire } from 'node:module';

const { expandSubscriptions, subscriptionSchema } = createRequire(import.meta.url)('./subscriptions.cjs') as {
  expandSubscriptions: (service: object, catalogue: object[]) => void;
  subscriptionSchema: object;
};

type Declaration = Record<string, unknown> & { topics: Record<string, string[]> };

const catalogue = [
  { type: 'ORDER_CREATED', topics: ['order-events.fifo', 'order-created'] },
  { type: 'ORDER_PAID', topics: ['order-events.fifo'] },
  { type: 'USER_REGISTERED', topics: ['user-events.fifo'] },
];

/** osls's service object with one function per declaration. */
function serviceWith(...declarations: Declaration[]) {
  const functions = Object.fromEntries(
    declarations.map((subscription, index) => [
      `on-event-${index}`,
      { timeout: 5, events: [{ schedule: 'rate(1 day)' }, { subscription }] as Record<string, unknown>[] },
    ]),
  );
  return {
    service: 'shop-orders',
    custom: { prefix: 'shop-dev' },
    provider: { timeout: 10 },
    resources: { Resources: {} as Record<string, { Type: string; Properties: Record<string, unknown> }> },
    getAllFunctions: () => Object.keys(functions),
    getFunction: (name: string) => functions[name]!,
  };
}

function expanded(declaration: Declaration) {
  const service = serviceWith(declaration);
  expandSubscriptions(service, catalogue);
  return { events: service.getFunction('on-event-0').events, resources: service.resources.Resources };
}

const expandingFails = (...declarations: Declaration[]) =>
  expect(() => expandSubscriptions(serviceWith(...declarations), catalogue));

const topicArn = (name: string) => ({ 'Fn::ImportValue': `shop-dev-${name}-topic-arn` });

describe('a subscription with a FIFO queue', () => {
  const { events, resources } = expanded({
    queue: 'payment-queue.fifo',
    topics: { 'order-events.fifo': ['ORDER_PAID'] },
    maximumConcurrency: 64,
  });

  test('becomes an SQS event with one message per batch and partial responses', () => {
    expect(events).toEqual([
      { schedule: 'rate(1 day)' },
      {
        sqs: {
          arn: { 'Fn::GetAtt': ['PaymentQueue', 'Arn'] },
          batchSize: 1,
          maximumConcurrency: 64,
          functionResponseType: 'ReportBatchItemFailures',
        },
      },
    ]);
  });

  test('creates the queue, its dead letters, its policy, the subscription and its dead letters', () => {
    expect(Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))).toEqual({
      PaymentQueue: 'AWS::SQS::Queue',
      PaymentQueueDeadLetters: 'AWS::SQS::Queue',
      PaymentQueuePolicy: 'AWS::SQS::QueuePolicy',
      PaymentQueueOrderEventsSubscription: 'AWS::SNS::Subscription',
      PaymentQueueOrderEventsUndelivered: 'AWS::SQS::Queue',
      PaymentQueueOrderEventsUndeliveredPolicy: 'AWS::SQS::QueuePolicy',
    });
    expect(resources['PaymentQueue']?.Properties).toMatchObject({
      QueueName: 'shop-dev-payment-queue.fifo',
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      VisibilityTimeout: 30,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['PaymentQueueDeadLetters', 'Arn'] },
        maxReceiveCount: 3,
      },
    });
    expect(resources['PaymentQueueDeadLetters']?.Properties).toMatchObject({
      QueueName: 'shop-dev-payment-queue-dead-letters.fifo',
      FifoQueue: true,
    });
  });

  test('keeps what SNS cannot deliver, although it cannot use the key of the queue', () => {
    expect(resources['PaymentQueueOrderEventsUndelivered']?.Properties).toEqual({
      QueueName: 'shop-dev-payment-queue-order-events-undelivered.fifo',
      FifoQueue: true,
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
    expect(resources['PaymentQueueOrderEventsUndeliveredPolicy']?.Properties).toMatchObject({
      Queues: [{ Ref: 'PaymentQueueOrderEventsUndelivered' }],
      PolicyDocument: {
        Statement: [{ Condition: { ArnEquals: { 'aws:SourceArn': topicArn('order-events') } } }],
      },
    });
  });

  test('filters by event type on the topic', () => {
    expect(resources['PaymentQueueOrderEventsSubscription']?.Properties).toEqual({
      TopicArn: topicArn('order-events'),
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['PaymentQueue', 'Arn'] },
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageAttributes',
      FilterPolicy: { type: ['ORDER_PAID'] },
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['PaymentQueueOrderEventsUndelivered', 'Arn'] },
      },
    });
  });
});

describe('a subscription with a standard queue', () => {
  const { events, resources } = expanded({
    queue: 'notification-queue',
    topics: { 'order-events.fifo': ['ORDER_PAID'], 'user-events.fifo': ['USER_REGISTERED'] },
    batchSize: 25,
    windowSeconds: 1,
  });

  test('adds the batching window to the visibility timeout', () => {
    expect(events[1]).toMatchObject({ sqs: { batchSize: 25, maximumBatchingWindow: 1 } });
    expect(resources['NotificationQueue']?.Properties).toMatchObject({ VisibilityTimeout: 31 });
    expect(resources['NotificationQueue']?.Properties).not.toHaveProperty('FifoQueue');
  });

  test('subscribes to every topic and allows only those to send', () => {
    expect(Object.keys(resources)).toEqual(
      expect.arrayContaining([
        'NotificationQueueOrderEventsSubscription',
        'NotificationQueueUserEventsSubscription',
      ]),
    );
    expect(resources['NotificationQueuePolicy']?.Properties['PolicyDocument']).toMatchObject({
      Statement: [
        {
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': [topicArn('order-events'), topicArn('user-events')] } },
        },
      ],
    });
  });
});

test('a subscription without a queue becomes one SNS event per topic', () => {
  const { events, resources } = expanded({ topics: { 'order-created': ['ORDER_CREATED'] } });
  expect(events[1]).toEqual({
    sns: {
      arn: topicArn('order-created'),
      topicName: 'order-created',
      filterPolicy: { type: ['ORDER_CREATED'] },
      redrivePolicy: { deadLetterTargetRef: 'OrdersOnEvent0OrderCreatedUndelivered' },
    },
  });
  expect(resources).toMatchObject({
    OrdersOnEvent0OrderCreatedUndelivered: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'shop-dev-orders-on-event-0-order-created-undelivered' },
    },
  });
});

describe('packaging fails for', () => {
  const queue = 'payment-queue.fifo';

  test('an unknown topic', () => {
    expandingFails({ queue, topics: { 'order-event.fifo': ['ORDER_PAID'] } }).toThrow(
      'The subscription of on-event-0 names the unknown topic order-event.fifo. Topics of shared/events: order-events.fifo',
    );
  });
  test('an unknown event type', () => {
    expandingFails({ queue, topics: { 'order-events.fifo': ['ORDER_PAYED'] } }).toThrow(
      'names the unknown event type ORDER_PAYED',
    );
  });
  test('an event type of another topic', () => {
    expandingFails({ queue, topics: { 'order-events.fifo': ['USER_REGISTERED'] } }).toThrow(
      'expects USER_REGISTERED from order-events.fifo, but it is published to user-events.fifo',
    );
  });
  test('a standard topic with a FIFO queue', () => {
    expandingFails({ queue, topics: { 'order-created': ['ORDER_CREATED'] } }).toThrow(
      'a standard topic cannot deliver to a FIFO queue',
    );
  });
  test('a FIFO topic without a queue', () => {
    expandingFails({ topics: { 'order-events.fifo': ['ORDER_PAID'] } }).toThrow('needs a queue');
  });
  test('a batch size without a queue', () => {
    expandingFails({ topics: { 'order-created': ['ORDER_CREATED'] }, batchSize: 5 }).toThrow(
      'sets batchSize, which needs a queue',
    );
  });
  test('two subscriptions with the same queue', () => {
    const declaration = { queue, topics: { 'order-events.fifo': ['ORDER_PAID'] } };
    expandingFails(declaration, declaration).toThrow(
      'Two declarations create PaymentQueue: each subscription needs its own queue',
    );
  });
  test('an unknown key, by the schema', () => {
    expect(subscriptionSchema).toMatchObject({ required: ['topics'], additionalProperties: false });
  });
});
