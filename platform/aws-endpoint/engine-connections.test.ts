import { createServer, type Server, type Socket } from 'node:net';
import { engineConnections } from './engine-connections.ts';

type Engine = { url: string; connections: Socket[]; requests: string[] };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An engine that says what it is told to each request. */
async function anEngine(answer: (socket: Socket, request: string) => void): Promise<Engine> {
  const engine: Engine = { url: '', connections: [], requests: [] };
  const server = createServer((socket) => {
    engine.connections.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      engine.requests.push(data.toString());
      answer(socket, data.toString());
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  engine.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return engine;
}

const whole = (text: string, name = 'content-length') =>
  `HTTP/1.1 200 OK\r\ncontent-type: a/b\r\n${name}: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const head = 'x-amz-target: T\r\n';

test('requests go out whole, one after the other on one connection', async () => {
  const { url, connections, requests } = await anEngine((socket) => socket.write(whole('{"ä":1}')));
  const engine = engineConnections(url);
  for (const body of ['{}', '{"ü":2}']) {
    const answer = await engine.post(head, Buffer.from(body));
    expect([answer.status, answer.header('content-type'), answer.header('x-none')]).toEqual([200, 'a/b', '']);
    expect(answer.body.toString()).toBe('{"ä":1}');
  }
  expect(connections).toHaveLength(1);
  expect(requests[1]).toMatch(
    /^POST \/ HTTP\/1\.1\r\nhost: .*\r\nx-amz-target: T\r\ncontent-length: 8\r\n\r\n\{"ü":2\}$/,
  );
  engine.close();
});

test('an answer may come in any pieces, with names in any case, and empty', async () => {
  const { url } = await anEngine(async (socket, request) => {
    const text = whole(request.endsWith('empty') ? '' : 'x'.repeat(40), 'Content-Length');
    for (const piece of text.match(/.{1,7}/gs) ?? []) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const engine = engineConnections(url);
  expect((await engine.post(head, Buffer.from('long'))).body.toString()).toBe('x'.repeat(40));
  expect((await engine.post(head, Buffer.from('empty'))).body.toString()).toBe('');
  engine.close();
});

test('more calls than connections wait for their turn, and each has its own answer', async () => {
  const { url, connections } = await anEngine((socket, request) =>
    setImmediate(() => socket.write(whole(request.slice(-3)))),
  );
  const engine = engineConnections(url);
  const bodies = Array.from({ length: 200 }, (_, index) => String(index + 100));
  const answers = await Promise.all(bodies.map((body) => engine.post(head, Buffer.from(body))));
  expect(answers.map(({ body }) => body.toString())).toEqual(bodies);
  expect(connections.length).toBeLessThanOrEqual(64);
  engine.close();
});

test('a connection that ends fails its call alone; the next call has another', async () => {
  const { url } = await anEngine((socket, request) =>
    request.endsWith('end') ? socket.end('HTTP/1.1 200 OK\r\n') : socket.write(whole('ok')),
  );
  const engine = engineConnections(url);
  await expect(engine.post(head, Buffer.from('end'))).rejects.toThrow('the engine closed the connection');
  expect((await engine.post(head, Buffer.from('go'))).body.toString()).toBe('ok');
  engine.close();
});

test.each([
  ['without a length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['longer than its length', `${whole('ok')}more`],
])('an answer %s is an error', async (_, text) => {
  const { url } = await anEngine((socket) => socket.write(text));
  const engine = engineConnections(url);
  await expect(engine.post(head, Buffer.from('{}'))).rejects.toThrow('broke the protocol');
  engine.close();
});

test('an engine that is not there and one that is being stopped fail the call', async () => {
  const { url } = await anEngine(() => {});
  const engine = engineConnections(url);
  const unanswered = engine.post(head, Buffer.from('{}'));
  setImmediate(engine.close);
  await expect(unanswered).rejects.toThrow('closed');
  await expect(engineConnections('http://127.0.0.1:1').post(head, Buffer.from('{}'))).rejects.toThrow(
    'ECONNREFUSED',
  );
});
