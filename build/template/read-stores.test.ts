import type { Json } from '../deployment.ts';
import { aStack, deployed } from './fixtures/a-stack.ts';

const deploy = (Type: string, Properties: Record<string, Json>) =>
  deployed(aStack({ Resources: { Store: { Type, Properties } } }));

describe('a table', () => {
  const properties: Record<string, Json> = {
    TableName: 'products',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'price', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-price',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'price', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
      },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: 'true' },
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  };
  it('has keys with types, indexes, time to live and a stream', () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/products';
    expect(deploy('AWS::DynamoDB::Table', properties).tables).toEqual([
      {
        stack: 'shop-probe-local',
        logicalId: 'Store',
        name: 'products',
        arn,
        partitionKey: { name: 'id', type: 'S' },
        globalIndexes: [
          {
            name: 'by-price',
            partitionKey: { name: 'id', type: 'S' },
            sortKey: { name: 'price', type: 'N' },
            projection: { type: 'INCLUDE', nonKeyAttributes: ['name'] },
          },
        ],
        ttlAttribute: 'expiresAt',
        stream: { viewType: 'NEW_IMAGE', arn: `${arn}/stream/2020-01-01T00:00:00.000` },
      },
    ]);
  });
  it('may be the replica of a global one in its own region', () => {
    const { TableName, ...rest } = properties;
    const replicas = (...regions: string[]) => ({
      TableName: TableName!,
      ...rest,
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: regions.map((Region) => ({
        Region,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { KMSMasterKeyId: 'alias/shop-local-catalogue' },
        Tags: [{ Key: 'Project', Value: 'shop' }],
      })),
    });
    expect(deploy('AWS::DynamoDB::GlobalTable', replicas('eu-west-1', 'us-east-1')).tables).toEqual(
      deploy('AWS::DynamoDB::Table', properties).tables,
    );
    expect(() => deploy('AWS::DynamoDB::GlobalTable', replicas('us-east-1'))).toThrow(
      'Store: the global table has no replica in eu-west-1',
    );
  });
  it('is refused, as on AWS, when an attribute is defined for no key', () => {
    const AttributeDefinitions = [
      ...(properties['AttributeDefinitions'] as Json[]),
      { AttributeName: 'colour', AttributeType: 'S' },
    ];
    expect(() => deploy('AWS::DynamoDB::Table', { ...properties, AttributeDefinitions })).toThrow(
      'AttributeDefinitions names colour, which no key uses',
    );
  });
});

describe('a queue', () => {
  it('has attributes as SQS writes them', () => {
    const { queues } = deploy('AWS::SQS::Queue', {
      QueueName: 'orders.fifo',
      FifoQueue: true,
      VisibilityTimeout: 60,
      ContentBasedDeduplication: false,
      RedrivePolicy: { deadLetterTargetArn: 'arn:dead', maxReceiveCount: 3 },
      SqsManagedSseEnabled: true,
    });
    expect(queues[0]).toMatchObject({
      url: 'http://127.0.0.1:4566/000000000000/orders.fifo',
      fifo: true,
      attributes: {
        FifoQueue: 'true',
        VisibilityTimeout: '60',
        ContentBasedDeduplication: 'false',
        RedrivePolicy: '{"deadLetterTargetArn":"arn:dead","maxReceiveCount":3}',
      },
    });
    expect(queues[0]?.attributes).not.toHaveProperty('SqsManagedSseEnabled');
  });
  it('is refused when its name does not say that it is FIFO', () => {
    expect(() => deploy('AWS::SQS::Queue', { QueueName: 'orders', FifoQueue: true })).toThrow(
      'must end in .fifo',
    );
  });
});

describe('a secret', () => {
  it('is made up when the template says so, or empty', () => {
    const { secrets } = deploy('AWS::SecretsManager::Secret', {
      Name: 'shop/local/db',
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"a"}',
        GenerateStringKey: 'password',
        ExcludePunctuation: true,
      },
    });
    expect(secrets[0]).toMatchObject({
      name: 'shop/local/db',
      generate: { template: '{"username":"a"}', key: 'password', length: 32 },
    });
    expect(secrets[0]?.arn).toMatch(/^arn:aws:secretsmanager:eu-west-1:0{12}:secret:shop\/local\/db-\w{6}$/);
    expect(deploy('AWS::SecretsManager::Secret', { Name: 'empty' }).secrets[0]).not.toHaveProperty(
      'generate',
    );
  });
});

describe('a function', () => {
  it('of another runtime is refused', () => {
    const properties = {
      Handler: 'main.handler',
      Runtime: 'python3.13',
      Role: 'arn:aws:iam::000000000000:role/r',
    };
    expect(() => deploy('AWS::Lambda::Function', properties)).toThrow('only Node.js runtimes run locally');
  });
});
