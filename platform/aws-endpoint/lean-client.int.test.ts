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

/** An endpoint that answers as told; its address. */
async function anEndpoint(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a lean client', () => {
  test('writes and reads what the SDK writes and reads', async () => {
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

  test('is refused what its role does not grant, and says which', async () => {
    const nobody = lean(new DynamoDBClient(as('nobody', [])));
    expect(await errorOf(nobody.send(get('a')))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test.each<[string, FaultRule]>([
    ['throttling', { kind: 'throttle', service: 'dynamodb', count: 2 }],
    ['server errors', { kind: 'error', service: 'dynamodb', count: 2 }],
    ['lost connections', { kind: 'drop', service: 'dynamodb', count: 2 }],
  ])('survives %s by trying again', async (name, fault) => {
    inject(fault);
    const { $metadata } = await ours.send(put(`after ${name}`));
    expect($metadata).toMatchObject({ attempts: 3 });
  });

  test('gives up after the tries that it was given, with the last error', async () => {
    inject({ kind: 'throttle', service: 'dynamodb' });
    expect(await errorOf(ours.send(put('never')))).toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      $metadata: { attempts: 3 },
    });
  });

  test('speaks to SNS, whose language is another', async () => {
    const sns = [lean(new SNSClient(settings)), new SNSClient(settings)];
    const publish = new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:000000000000:none', Message: 'x' });
    const [error, expected] = await Promise.all(sns.map((client) => errorOf(client.send(publish))));
    expect([error?.name, error?.message]).toEqual([expected?.name, expected?.message]);
    expect(error?.name).toBe('NotFoundException');
  });

  test('calls a slow answer a time-out, and tries again', async () => {
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

  test('tries again after an answer that is not in the language of the service', async () => {
    let calls = 0;
    const endpoint = await anEndpoint((_, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(503, { 'content-type': 'text/html' }).end('<html>busy</html>');
      else response.end('{}');
    });
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    expect((await client.send(get('a'))).$metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
  });

  test('reads an answer that comes in pieces', async () => {
    const endpoint = await anEndpoint((_, response) => {
      response.write('{"Item":{"a":{"S":"');
      setImmediate(() => response.end('ü"}}}'));
    });
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    expect((await client.send(get('a'))).Item).toEqual({ a: { S: 'ü' } });
  });

  test('ends when it is told to', async () => {
    const endpoint = await anEndpoint(() => {});
    const client = lean(new DynamoDBClient({ ...settings, endpoint }));
    const call = client.send(get('a'), { abortSignal: AbortSignal.timeout(20) });
    expect(await errorOf(call)).toMatchObject({ name: 'AbortError' });
  });

  test('an endpoint that nobody serves is an error without an answer', async () => {
    const client = lean(new DynamoDBClient({ ...settings, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }));
    const error = await errorOf(client.send(get('a')));
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), $metadata: {} });
  });
});
