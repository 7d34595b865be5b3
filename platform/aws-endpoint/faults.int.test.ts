import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { tables } from '#shared/testing/engines.ts';
import type { FaultRule } from './faults.ts';
import { anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';

const { inventory } = await tables('inventory');
const { awsEndpoint, operator, as } = await anAwsEndpoint();
const dynamo = new DynamoDBClient(operator);
const key = (id: string) => ({ product_id: { S: id }, warehouse_id: { S: 'w' } });
const put = (id: string) => dynamo.send(new PutItemCommand({ TableName: inventory, Item: key(id) }));
const stored = async (id: string) =>
  (
    await new DynamoDBClient({ ...operator, maxAttempts: 3 }).send(
      new GetItemCommand({ TableName: inventory, Key: key(id) }),
    )
  ).Item !== undefined;
const inject = (...rules: FaultRule[]) => rules.map((rule) => awsEndpoint.faults.add(rule));
afterEach(() => awsEndpoint.faults.clear());

describe('An injected fault', () => {
  test('throttles the given number of calls with the error of the service', async () => {
    inject({ kind: 'throttle', service: 'dynamodb', action: 'PutItem', count: 1 });
    await expect(put('throttled')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await put('throttled');
    expect(awsEndpoint.faults.list()).toMatchObject([{ hits: 1 }]);
  });

  test('is handled by the retries of the SDK', async () => {
    inject({ kind: 'error', service: 'dynamodb', count: 1 });
    await new DynamoDBClient({ ...operator, maxAttempts: 3 }).send(
      new PutItemCommand({ TableName: inventory, Item: key('retried') }),
    );
    expect(await stored('retried')).toBe(true);
  });

  test('conflicts with a transaction as DynamoDB does, and writes nothing', async () => {
    inject({ kind: 'transaction-conflict', action: 'TransactWriteItems' });
    const transaction = dynamo.send(
      new TransactWriteItemsCommand({
        TransactItems: ['c1', 'c2'].map((id) => ({ Put: { TableName: inventory, Item: key(id) } })),
      }),
    );
    await expect(transaction).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    expect(await stored('c1')).toBe(false);
  });

  test('closes the connection before or after the call is executed', async () => {
    inject({ kind: 'drop', action: 'PutItem' });
    await expect(put('before')).rejects.toThrow('socket hang up');
    awsEndpoint.faults.clear();
    inject({ kind: 'drop-after-effect', action: 'PutItem' });
    await expect(put('after')).rejects.toThrow('socket hang up');
    expect([await stored('before'), await stored('after')]).toEqual([false, true]);
  });

  test('applies to one function only', async () => {
    const statements = [{ effect: 'Allow' as const, actions: ['dynamodb:PutItem'], resources: ['*'] }];
    const [unlucky, spared] = ['unlucky', 'spared'].map((name) => new DynamoDBClient(as(name, statements)));
    inject({ kind: 'throttle', function: 'unlucky' });
    const command = new PutItemCommand({ TableName: inventory, Item: key('mine') });
    await expect(unlucky?.send(command)).rejects.toThrow();
    await spared?.send(command);
  });

  test.each([
    [
      'SNS',
      () =>
        new SNSClient(operator).send(
          new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:000000000000:t', Message: 'x' }),
        ),
      'ThrottledException',
    ],
    [
      'SQS',
      () =>
        new SQSClient(operator).send(
          new SendMessageCommand({ QueueUrl: `${awsEndpoint.url}/000000000000/q`, MessageBody: 'x' }),
        ),
      'RequestThrottled',
    ],
  ])('throttles %s with its own error', async (_service, call, name) => {
    inject({ kind: 'throttle' });
    await expect(call()).rejects.toMatchObject({ name });
  });

  test('delays a call, which then succeeds', async () => {
    inject({ kind: 'latency', latencyMs: 200, action: 'PutItem' });
    const late = put('late').then(() => 'the delayed call');
    const other = stored('anything').then(() => 'the other call');
    expect(await Promise.race([late, other])).toBe('the other call');
    await late;
    expect(await stored('late')).toBe(true);
  });
});
