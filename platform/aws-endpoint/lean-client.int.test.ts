import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { lean } from '../../shared/lean-client.ts';
import { tables } from '../../shared/testing/engines.ts';
import type { FaultRule } from './faults.ts';
import { anAwsEndpoint } from './fixtures/aws-endpoint-under-test.ts';

const { inventory } = await tables('inventory');
const { awsEndpoint, operator, as } = await anAwsEndpoint();
const settings = { ...operator, maxAttempts: 3 };
const [ours, theirs] = [lean(new DynamoDBClient(settings)), new DynamoDBClient(settings)];
afterAll(() => {
  for (const client of [ours, theirs]) client.destroy();
});
afterEach(() => awsEndpoint.faults.clear());

const key = (id: string) => ({ product_id: { S: id }, warehouse_id: { S: 'w' } });
const put = (id: string) =>
  new PutItemCommand({
    TableName: inventory,
    Item: { ...key(id), note: { S: 'ü "x"' }, count: { N: '3' } },
    ConditionExpression: 'attribute_not_exists(product_id)',
  });
const get = (id: string) => new GetItemCommand({ TableName: inventory, Key: key(id), ConsistentRead: true });
const inject = (rule: FaultRule) => awsEndpoint.faults.add(rule);
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts an endpoint with the given listener; returns its address. */
async function anEndpoint(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a lean client', () => {
  test('writes and reads the same as the SDK', async () => {
    await ours.send(put('written'));
    const [read, expected] = [await ours.send(get('written')), await theirs.send(get('written'))];
    expect(read.Item).toEqual(expected.Item);
    expect(read.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
  });

  test('throws the errors of the SDK', async () => {
    await ours.send(put('once'));
    const again = new TransactWriteItemsCommand({ TransactItems: [{ Put: put('once').input as never }] });
    for (const command of [put('once'), again, new GetItemCommand({ TableName: 'none', Key: key('a') })]) {
      const [error, expected] = [
        await errorOf(ours.send(command as never)),
        await errorOf(theirs.send(command as never)),
      ];
      expect(error).toMatchObject({ ...expected, $metadata: { httpStatusCode: 400, attempts: 1 } });
      expect(error?.constructor).toBe(expected?.constructor);
      expect(error?.message).toBe(expected?.message);
    }
    expect(await errorOf(ours.send(put('once')))).toBeInstanceOf(ConditionalCheckFailedException);
    expect(await errorOf(ours.send(again))).toBeInstanceOf(TransactionCanceledException);
  });

  test('throws for a call that its role does not grant, with the action', async () => {
    const unprivileged = lean(new DynamoDBClient(as('nobody', [])));
    expect(await errorOf(unprivileged.send(get('a')))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test.each<[string, FaultRule]>([
    ['throttling', { kind: 'throttle', service: 'dynamodb', count: 2 }],
    ['server errors', { kind: 'error', service: 'dynamodb', count: 2 }],
    ['lost connections', { kind: 'drop', service: 'dynamodb', count: 2 }],
  ])('retries after %s', async (name, fault) => {
    inject(fault);
    const { $metadata } = await ours.send(put(`after ${name}`));
    expect($metadata).toMatchObject({ attempts: 3 });
  });

  test('throws the last error after the configured attempts', async () => {
    inject({ kind: 'throttle', service: 'dynamodb' });
    expect(await errorOf(ours.send(put('never')))).toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      $metadata: { attempts: 3 },
    });
  });

  test('supports the protocol of SNS', async () => {
    const sns = [lean(new SNSClient(settings)), new SNSClient(settings)];
    const publish = new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:000000000000:none', Message: 'x' });
    const [error, expected] = await Promise.all(sns.map((client) => errorOf(client.send(publish))));
    expect([error?.name, error?.message]).toEqual([expected?.name, expected?.message]);
    expect(error?.name).toBe('NotFoundException');
  });

  test('treats a slow response as a timeout, and retries', async () => {
    let calls = 0;
    const endpoint = await anEndpoint((_, response) => {
      calls += 1;
      if (calls > 1) response.end('{}');
    });
    const client = lean(new DynamoDBClient({ ...settings, endpoint }), { connectMs: 1_000, responseMs: 100 });
    expect((await client.send(get('slow'))).$metadata).toMatchObject({ attempts: 2 });
    const once = lean(new DynamoDBClient({ ...settings, endpoint, maxAttempts: 1 }), {
      connectMs: 1_000,
      responseMs: 100,
    });
    calls = 0;
    expect(await errorOf(once.send(get('slow')))).toMatchObject({ name: 'TimeoutError' });
  });

  test('retries after a response in another format', async () => {
    let calls = 0;
    const endpoint = await anEndpoint((_, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(503, { 'content-type': 'text/html' }).end('<html>busy</html>');
      else response.end('{}');
    });
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    expect((await client.send(get('a'))).$metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
  });

  test('reads a response in several chunks', async () => {
    const endpoint = await anEndpoint((_, response) => {
      response.write('{"Item":{"a":{"S":"');
      setImmediate(() => response.end('ü"}}}'));
    });
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    expect((await client.send(get('a'))).Item).toEqual({ a: { S: 'ü' } });
  });

  test('stops when it is aborted', async () => {
    const endpoint = await anEndpoint(() => {});
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    const call = client.send(get('a'), { abortSignal: AbortSignal.timeout(20) });
    expect(await errorOf(call)).toMatchObject({ name: 'AbortError' });
  });

  test('throws a connection error without a response for a closed port', async () => {
    const client = lean(new DynamoDBClient({ ...settings, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }));
    const error = await errorOf(client.send(get('a')));
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), $metadata: {} });
  });
});
