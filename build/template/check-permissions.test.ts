import type { Json, TemplateResource } from '../deployment.ts';
import { aFunction, aPermission, aStack, deployed } from './fixtures/a-stack.ts';

type Resources = Record<string, TemplateResource>;
const deploy = (Resources: Resources) => deployed(aStack({ Resources }));

const topic = (fifo = false): TemplateResource => ({
  Type: 'AWS::SNS::Topic',
  Properties: fifo ? { TopicName: 'news.fifo', FifoTopic: true } : { TopicName: 'news' },
});
const queue = (name = 'inbox', more: Record<string, Json> = {}): TemplateResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...more },
});
const toQueue: TemplateResource = {
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
};
const toFunction: TemplateResource = {
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: { Ref: 'Topic' },
    Protocol: 'lambda',
    Endpoint: { 'Fn::GetAtt': ['Reader', 'Arn'] },
  },
};
const queuePolicy = (source: Json): TemplateResource => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Queue' }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': source } },
        },
      ],
    },
  },
});

describe('a subscription of a queue', () => {
  it('delivers when the queue lets the topic send', () => {
    const resources = {
      Topic: topic(),
      Queue: queue(),
      Subscription: toQueue,
      Policy: queuePolicy({ Ref: 'Topic' }),
    };
    expect(deploy(resources).subscriptions).toHaveLength(1);
  });
  it('is refused when the queue has no policy', () => {
    expect(() => deploy({ Topic: topic(), Queue: queue(), Subscription: toQueue })).toThrow(
      'Subscription: no AWS::SQS::QueuePolicy lets arn:aws:sns:eu-west-1:000000000000:news send to',
    );
  });
  it('is refused when the policy is for another topic', () => {
    const Policy = queuePolicy('arn:aws:sns:eu-west-1:000000000000:other');
    expect(() => deploy({ Topic: topic(), Queue: queue(), Subscription: toQueue, Policy })).toThrow(
      'QueuePolicy',
    );
  });
  it('is refused from a standard topic to a FIFO queue', () => {
    const resources = {
      Topic: topic(),
      Queue: queue('inbox.fifo', { FifoQueue: true }),
      Subscription: toQueue,
      Policy: queuePolicy({ Ref: 'Topic' }),
    };
    expect(() => deploy(resources)).toThrow('the standard topic news cannot deliver to a FIFO queue');
  });
});

describe('a subscription of a function', () => {
  const permission = aPermission('Reader', 'sns.amazonaws.com', { Ref: 'Topic' });
  it('is taken when the function lets the topic call it', () => {
    const resources = {
      ...aFunction('Reader'),
      Topic: topic(),
      Subscription: toFunction,
      Permission: permission,
    };
    expect(deploy(resources).subscriptions[0]?.protocol).toBe('lambda');
  });
  it('is refused without the permission', () => {
    expect(() => deploy({ ...aFunction('Reader'), Topic: topic(), Subscription: toFunction })).toThrow(
      'Subscription: no AWS::Lambda::Permission lets sns.amazonaws.com',
    );
  });
  it('is refused from a FIFO topic', () => {
    const resources = {
      ...aFunction('Reader'),
      Topic: topic(true),
      Subscription: toFunction,
      Permission: permission,
    };
    expect(() => deploy(resources)).toThrow('the FIFO topic news.fifo cannot call a function');
  });
});

describe('a schedule', () => {
  const Rule: TemplateResource = {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'cron(0 8 * * ? *)',
      Targets: [{ Arn: { 'Fn::GetAtt': ['Reader', 'Arn'] }, Id: 'one', Input: '{"a":1}' }],
    },
  };
  it('is refused when the function does not let the rule call it', () => {
    expect(() => deploy({ ...aFunction('Reader'), Rule })).toThrow('lets events.amazonaws.com');
  });
  it('is taken with the permission', () => {
    const Permission = aPermission('Reader', 'events.amazonaws.com', { 'Fn::GetAtt': ['Rule', 'Arn'] });
    expect(deploy({ ...aFunction('Reader'), Rule, Permission }).schedules[0]).toMatchObject({
      ruleName: 'shop-probe-local-Rule',
      expression: 'cron(0 8 * * ? *)',
      enabled: true,
      input: '{"a":1}',
    });
  });
});

describe('a bucket notification', () => {
  const Bucket: TemplateResource = {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'pictures',
      NotificationConfiguration: {
        LambdaConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Function: { 'Fn::GetAtt': ['Reader', 'Arn'] },
            Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'originals/' }] } },
          },
        ],
      },
    },
  };
  it('is refused without the permission, and taken with it', () => {
    expect(() => deploy({ ...aFunction('Reader'), Bucket })).toThrow(
      'Bucket: no AWS::Lambda::Permission lets s3',
    );
    const Permission = aPermission('Reader', 's3.amazonaws.com', 'arn:aws:s3:::pictures');
    expect(deploy({ ...aFunction('Reader'), Bucket, Permission }).buckets[0]?.notifications).toEqual([
      {
        event: 's3:ObjectCreated:*',
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-local-reader',
        prefix: 'originals/',
      },
    ]);
  });
});

describe('a mapping of a queue', () => {
  const polling = {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  };
  const mapping = (more: Record<string, Json> = {}): TemplateResource => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { 'Fn::GetAtt': ['Reader', 'Arn'] },
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      ...more,
    },
  });
  it('has the defaults of Lambda', () => {
    const resources = {
      ...aFunction('Reader', { statements: [polling] }),
      Queue: queue(),
      Mapping: mapping(),
    };
    expect(deploy(resources).mappings[0]).toMatchObject({
      batchSize: 10,
      windowSeconds: 0,
      partialResponses: false,
      filterPatterns: [],
      enabled: true,
    });
  });
  it('reads concurrency and partial responses', () => {
    const more = {
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    const resources = {
      ...aFunction('Reader', { statements: [polling] }),
      Queue: queue(),
      Mapping: mapping(more),
    };
    expect(deploy(resources).mappings[0]).toMatchObject({
      maximumConcurrency: 5,
      partialResponses: true,
    });
  });
  it('of a queue with a filter is refused', () => {
    const FilterCriteria = { Filters: [{ Pattern: '{"body":{"type":["A"]}}' }] };
    const resources = { ...aFunction('Reader', { statements: [polling] }), Queue: queue() };
    expect(() => deploy({ ...resources, Mapping: mapping({ FilterCriteria }) })).toThrow(
      'filters streams only',
    );
  });
  it('is refused when the role may not read the queue', () => {
    expect(() => deploy({ ...aFunction('Reader'), Queue: queue(), Mapping: mapping() })).toThrow(
      'Mapping: the role of shop-local-reader lacks sqs:ReceiveMessage',
    );
  });
  it('is refused when a message comes back while the function still runs', () => {
    const reader = aFunction('Reader', { properties: { Timeout: 60 }, statements: [polling] });
    expect(() => deploy({ ...reader, Queue: queue(), Mapping: mapping() })).toThrow(
      'inbox hides a message for 30 s, less than shop-local-reader may run (60 s)',
    );
  });
});
