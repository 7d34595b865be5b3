import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DynamoDbClient, dynamoDbClient } from './dynamodb-client.ts';

const servers: Server[] = [];
const clients: DynamoDbClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function aClient(listener: RequestListener): Promise<DynamoDbClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const client = dynamoDbClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(client);
  return client;
}

test('each concurrent call gets its own response, also one in several chunks', async () => {
  const client = await aClient(async (request, response) => {
    const body = (await request.toArray()).join('');
    response.write(body.slice(0, 3));
    setImmediate(() => response.end(body.slice(3)));
  });
  const inputs = Array.from({ length: 200 }, (_, number) => ({ number }));
  expect(await Promise.all(inputs.map((input) => client.call('GetItem', input)))).toEqual(inputs);
});

test('an error response is thrown with the name of DynamoDB’s error', async () => {
  const client = await aClient((_, response) =>
    response.writeHead(400).end('{"__type":"com.amazonaws#ResourceNotFoundException","message":"no table"}'),
  );
  await expect(client.call('DescribeTable', {})).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: 'DescribeTable: no table',
  });
});

test('a call to an engine that closes its connection, is stopped or does not listen fails', async () => {
  const closing = await aClient((request) => request.socket.destroy());
  await expect(closing.call('GetItem', {})).rejects.toThrow('other side closed');
  const silent = await aClient(() => {});
  const pending = silent.call('GetItem', {});
  setImmediate(() => void silent.close());
  await expect(pending).rejects.toThrow('destroyed');
  const unreachable = dynamoDbClient('http://127.0.0.1:1');
  clients.push(unreachable);
  await expect(unreachable.call('GetItem', {})).rejects.toThrow('ECONNREFUSED');
});
