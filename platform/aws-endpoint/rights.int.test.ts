import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient, TagResourceCommand } from '@aws-sdk/client-sns';
import { AddPermissionCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { tables } from '#shared/testing/engines.ts';
import { sign } from '../../shared/aws/signature.ts';
import { allow, anAwsEndpoint, aTable } from './fixtures/aws-endpoint-under-test.ts';

const { products, inventory } = await tables('products', 'inventory');
const underTest = await anAwsEndpoint();
const { awsEndpoint, log, as, operator } = underTest;
const table = (name: string) => `arn:aws:dynamodb:eu-west-1:000000000000:table/${name}`;
const stock = { product_id: { S: 'p1' }, warehouse_id: { S: 'w1' } };
const putStock = new PutItemCommand({ TableName: inventory, Item: stock });
/** The parts of an error that code depends on. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'carried out',
    (error) => ({ name: error.name, status: error.$metadata?.httpStatusCode }),
  );

describe('A function', () => {
  test('may do what its role grants, until the grant is removed', async () => {
    const granted = new DynamoDBClient(as('writer', [allow('dynamodb:PutItem', table(inventory))]));
    await granted.send(putStock);
    as('writer', []);
    await expect(granted.send(putStock)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::000000000000:assumed-role/writer-role/writer is not authorized to perform: dynamodb:PutItem on resource: ${table(inventory)} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    expect(log.at(-1)).toMatch(`function writer may not dynamodb:PutItem on ${table(inventory)}`);
  });

  test('without a role has no permissions', async () => {
    const stranger = { ...operator, credentials: awsEndpoint.credentialsFor('stranger') };
    expect(await refusal(new DynamoDBClient(stranger).send(putStock))).toEqual({
      name: 'AccessDeniedException',
      status: 400,
    });
  });

  test('needs the permission for each part of a transaction on its table', async () => {
    const client = (...actions: string[]) =>
      new DynamoDBClient(as('transactor', [allow(actions, [table(inventory), table(products)])]));
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: inventory, Item: { ...stock, warehouse_id: { S: 'w2' } } } },
        {
          ConditionCheck: {
            TableName: products,
            Key: { product_id: { S: 'none' }, category: { S: 'none' } },
            ConditionExpression: 'attribute_not_exists(product_id)',
          },
        },
      ],
    });
    await client('dynamodb:PutItem', 'dynamodb:ConditionCheckItem').send(transaction);
    await expect(client('dynamodb:PutItem').send(transaction)).rejects.toThrow('dynamodb:ConditionCheckItem');
    await expect(client('dynamodb:TransactWriteItems').send(transaction)).rejects.toThrow('dynamodb:PutItem');
  });

  test('needs the permission for every table of a batch, and for the index of a query', async () => {
    const batch = new BatchWriteItemCommand({
      RequestItems: {
        [inventory]: [{ PutRequest: { Item: stock } }],
        [products]: [{ DeleteRequest: { Key: { product_id: { S: 'x' }, category: { S: 'x' } } } }],
      },
    });
    const one = new DynamoDBClient(as('batcher', [allow('dynamodb:BatchWriteItem', table(inventory))]));
    await expect(one.send(batch)).rejects.toThrow(table(products));
    const query = new QueryCommand({
      TableName: products,
      IndexName: 'category-price-index',
      KeyConditionExpression: 'category = :c',
      ExpressionAttributeValues: { ':c': { S: 'lamps' } },
    });
    const onTable = new DynamoDBClient(as('reader', [allow('dynamodb:Query', table(products))]));
    await expect(onTable.send(query)).rejects.toThrow('index/category-price-index');
    const onIndex = new DynamoDBClient(as('reader', [allow('dynamodb:Query', `${table(products)}/index/*`)]));
    expect((await onIndex.send(query)).Count).toBe(0);
  });

  test('restricted to its own items by dynamodb:LeadingKeys reads no other', async () => {
    const own = {
      ...allow(['dynamodb:Query'], table(inventory)),
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['p1'] } },
    };
    underTest.tables.push(aTable(inventory, 'product_id'));
    const client = new DynamoDBClient(as('owner', [own]));
    const query = (id: string) =>
      new QueryCommand({
        TableName: inventory,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': 'product_id' },
        ExpressionAttributeValues: { ':p': { S: id } },
      });
    await client.send(query('p1'));
    expect(await refusal(client.send(query('p2')))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test('restricted to some attributes by dynamodb:Attributes changes no other, alone or in a transaction', async () => {
    const own = {
      ...allow(['dynamodb:UpdateItem'], table(inventory)),
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['product_id', 'warehouse_id', 'available'] },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_NEW'] },
      },
    };
    underTest.tables.push(aTable(inventory, 'product_id'));
    const client = new DynamoDBClient(as('stock', [own]));
    const change = (attribute: string, more: object = {}) => ({
      TableName: inventory,
      Key: { product_id: { S: 'p1' }, warehouse_id: { S: 'w' } },
      UpdateExpression: 'SET #a = :one',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ...more,
    });
    await client.send(new UpdateItemCommand(change('available')));
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: change('available') }] }));
    for (const refused of [
      new UpdateItemCommand(change('price_cents')),
      new UpdateItemCommand(change('available', { ConditionExpression: 'price_cents = :one' })),
      new UpdateItemCommand(change('available', { ReturnValues: 'ALL_OLD' })),
    ])
      expect(await refusal(client.send(refused))).toMatchObject({ name: 'AccessDeniedException' });
    const both = [
      { Update: change('available') },
      { Update: change('name', { Key: { product_id: { S: 'p2' }, warehouse_id: { S: 'w' } } }) },
    ];
    expect(await refusal(client.send(new TransactWriteItemsCommand({ TransactItems: both })))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('reads its identity from STS', async () => {
    const { Arn } = await new STSClient(as('who', [])).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/who-role/who');
  });
});

describe('Each service refuses with its own error', () => {
  const configuration = as('denied', []);
  test.each([
    ['DynamoDB', () => new DynamoDBClient(configuration).send(putStock), 'AccessDeniedException', 400],
    [
      'SQS',
      () =>
        new SQSClient(configuration).send(
          new SendMessageCommand({ QueueUrl: `${awsEndpoint.url}/000000000000/q`, MessageBody: 'x' }),
        ),
      'AccessDenied',
      403,
    ],
    [
      'SNS',
      () =>
        new SNSClient(configuration).send(
          new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:000000000000:t', Message: 'x' }),
        ),
      'AuthorizationErrorException',
      403,
    ],
    [
      'S3',
      () => new S3Client(configuration).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' })),
      'AccessDenied',
      403,
    ],
    [
      'Secrets Manager',
      () => new SecretsManagerClient(configuration).send(new GetSecretValueCommand({ SecretId: 's' })),
      'AccessDeniedException',
      400,
    ],
    [
      'Lambda',
      () => new LambdaClient(configuration).send(new InvokeCommand({ FunctionName: 'f' })),
      'AccessDeniedException',
      403,
    ],
    [
      'SES',
      () =>
        new SESv2Client(configuration).send(
          new SendEmailCommand({
            FromEmailAddress: 'a@shop.example',
            Destination: { ToAddresses: ['b@c.example'] },
            Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
          }),
        ),
      'AccessDeniedException',
      403,
    ],
  ])('%s', async (_service, call, name, status) => {
    expect(await refusal(call())).toEqual({ name, status });
  });

  test('an unknown access key', async () => {
    const stranger = { ...operator, credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } };
    expect(await refusal(new DynamoDBClient(stranger).send(putStock))).toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(
      await refusal(new S3Client(stranger).send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }))),
    ).toMatchObject({ status: 403 });
  });
});

describe('An unknown operation is refused by name', () => {
  test.each([
    ['DynamoDB ListBackups', () => new DynamoDBClient(operator).send(new ListBackupsCommand({}))],
    [
      'SQS AddPermission',
      () =>
        new SQSClient(operator).send(
          new AddPermissionCommand({
            QueueUrl: `${awsEndpoint.url}/000000000000/q`,
            Label: 'l',
            AWSAccountIds: ['1'],
            Actions: ['*'],
          }),
        ),
    ],
    [
      'SNS TagResource',
      () => new SNSClient(operator).send(new TagResourceCommand({ ResourceArn: 'a', Tags: [] })),
    ],
    [
      'S3 PutObjectTagging',
      () =>
        new S3Client(operator).send(
          new PutObjectTaggingCommand({ Bucket: 'bucket', Key: 'k', Tagging: { TagSet: [] } }),
        ),
    ],
    [
      'S3 PutObject with the header x-amz-tagging',
      () =>
        new S3Client(operator).send(
          new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x', Tagging: 'a=b' }),
        ),
    ],
    [
      'S3 GetObject with versionId',
      () => new S3Client(operator).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k', VersionId: 'v' })),
    ],
    ['STS GetSessionToken', () => new STSClient(operator).send(new GetSessionTokenCommand({}))],
  ])('%s', async (name, call) => {
    await expect(call()).rejects.toThrow(name);
    expect(log.at(-1)).toMatch(name);
  });

  test('so is an unknown service', async () => {
    const elsewhere = await fetch(awsEndpoint.url, {
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/kinesis/aws4_request, Signature=0',
      },
    });
    expect(elsewhere.status).toBe(400);
    expect(await elsewhere.text()).toMatch('kinesis');
    expect(await (await fetch(awsEndpoint.url)).text()).toMatch('not signed');
  });
});

test('a body that is not JSON is refused', async () => {
  const body = '{';
  const headers: Record<string, string> = {
    host: new URL(awsEndpoint.url).host,
    'x-amz-target': 'DynamoDB_20120810.GetItem',
  };
  const request = { method: 'POST', path: '/', query: {}, headers, body };
  sign(request, awsEndpoint.operator, { region: 'eu-west-1', service: 'dynamodb' }, Date.now());
  const response = await fetch(awsEndpoint.url, { method: 'POST', body, headers });
  expect([response.status, await response.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
});

test('every call is counted by function, operation and resource, with the grant that allowed it', async () => {
  const client = new DynamoDBClient(
    as('counted', [allow(['dynamodb:GetItem', 'dynamodb:PutItem'], `${table(inventory)}*`)]),
  );
  awsEndpoint.counts.reset();
  await client.send(new GetItemCommand({ TableName: inventory, Key: stock }));
  await client.send(new GetItemCommand({ TableName: inventory, Key: stock }));
  await refusal(
    client.send(
      new GetItemCommand({ TableName: products, Key: { product_id: { S: 'p' }, category: { S: 'c' } } }),
    ),
  );
  const snapshot = JSON.parse(JSON.stringify(awsEndpoint.counts.snapshot()));
  const call = { function: 'counted', service: 'dynamodb', operation: 'GetItem', action: 'dynamodb:GetItem' };
  expect(snapshot.calls).toEqual([
    { ...call, resource: table(inventory), count: 2, denied: 0, items: 2 },
    { ...call, resource: table(products), count: 0, denied: 1, items: 0 },
  ]);
  expect(snapshot.grants).toEqual([
    { function: 'counted', action: 'dynamodb:GetItem', resource: `${table(inventory)}*`, count: 2 },
  ]);
});

test('without the permission to list a bucket, a missing key is not revealed', async () => {
  await new S3Client(operator).send(new CreateBucketCommand({ Bucket: 'hidden' }));
  const read = allow('s3:GetObject', 'arn:aws:s3:::hidden/*');
  const absent = new GetObjectCommand({ Bucket: 'hidden', Key: 'absent' });
  expect(await refusal(new S3Client(as('reader', [read])).send(absent))).toEqual({
    name: 'AccessDenied',
    status: 403,
  });
  const lister = as('reader', [read, allow('s3:ListBucket', 'arn:aws:s3:::hidden')]);
  expect(await refusal(new S3Client(lister).send(absent))).toEqual({ name: 'NoSuchKey', status: 404 });
});
