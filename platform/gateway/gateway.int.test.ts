import { connect } from 'node:net';
import { eventually } from '#shared/testing/eventually.ts';
import { gatewayUnderTest } from './fixtures/gateway-under-test.ts';

const { pool, call, gateway } = await gatewayUnderTest();

/** Writes the first piece, each other after an answer, and reads everything that comes back until the connection ends. */
const write = (...pieces: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      const next = pieces.shift();
      if (next !== undefined) socket.write(next, 'latin1');
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
    socket.write(pieces.shift() ?? '', 'latin1');
  });
const head = (line: string, ...headers: string[]) => [line, 'Host: x', ...headers, '', ''].join('\r\n');
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
const echo = head('GET /api/v1/echo/fixed HTTP/1.1');

describe('a route', () => {
  test('is chosen literal first, then parameter, then greedy', async () => {
    expect((await call('GET', '/api/v1/echo/fixed')).json().resource).toBe('/api/v1/echo/fixed');
    expect((await call('GET', '/api/v1/echo/7')).json().resource).toBe('/api/v1/echo/{id}');
    const greedy = (await call('GET', '/api/v1/files/a/b%20c')).json();
    expect(greedy.pathParameters).toEqual({ path: 'a/b c' });
  });

  test('that does not exist gets the answer of the template', async () => {
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/api/v1/echo/fixed'],
      ['GET', '/api/v1/echo/'],
    ]) {
      const answer = await call(method as string, path as string);
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json()).toEqual({ code: 'ROUTE_NOT_FOUND', requestId: answer.headers['x-from'] });
    }
  });
});

describe('an answer', () => {
  test.each(['throws', 'nothing', 'text', 'key', 'status', 'object', 'header'])(
    'that is not one (%s) is 502 without a word of the function',
    async (how) => {
      const answer = await call('GET', `/api/v1/odd/${how}`);
      expect([answer.status, answer.json()]).toEqual([502, { message: 'Internal server error' }]);
    },
  );

  test('that takes longer than the integration may is 504', async () => {
    const answer = await call('GET', '/api/v1/odd/slow');
    expect([answer.status, answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }]);
  });

  test('without a body and with reserved headers comes out as API Gateway sends it', async () => {
    expect((await call('GET', '/api/v1/odd/empty')).status).toBe(204);
    const remapped = await call('GET', '/api/v1/odd/remapped');
    expect(remapped.headers['x-amzn-remapped-www-authenticate']).toBe('Bearer');
    expect(remapped.headers['www-authenticate']).toBeUndefined();
  });

  test('of a killed host is 502', async () => {
    const running = call('GET', '/api/v1/odd/hangs');
    await eventually(() => expect(pool.hosts()[0]?.inFlight).toBe(1));
    pool.kill();
    expect((await running).status).toBe(502);
    expect((await call('GET', '/api/v1/echo/fixed')).status).toBe(200);
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['a method that nobody knows', head('FOO /api/v1/echo/7 HTTP/1.1')],
    ['a raw byte in the path', head('GET /api/v1/echo/\xff HTTP/1.1')],
    ['a length that is no number', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: seven')],
    ['two lengths', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2')],
    ['a header without a name', head('GET /api/v1/echo/7 HTTP/1.1', ': value')],
    ['headers without end', head('GET /api/v1/echo/7 HTTP/1.1', `X-Long: ${'x'.repeat(40_000)}`)],
    ['a broken piece', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`],
    ['nonsense', 'nonsense\r\n\r\n'],
  ])('as %s is 400 in the form of the template, and the connection ends', async (_, bytes) => {
    const answer = await write(bytes);
    expect(statuses(answer)).toEqual(['400']);
    expect(answer).toMatch(/^content-type: application\/json\r$/im);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toMatch(/^x-amzn-requestid: \S+\r$/im);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({ code: 'REFUSED', detail: 'Bad Request' });
  });

  test('is told apart from the requests before it, which keep their answers', async () => {
    expect(statuses(await write(echo, 'nonsense\r\n\r\n'))).toEqual(['200', '400']);
    expect(statuses(await write(`${echo}nonsense\r\n\r\n`))).toEqual(['200']);
  });

  test('in a body that was refused already is not answered again', async () => {
    const large = head('POST /api/v1/picture HTTP/1.1', 'Transfer-Encoding: chunked');
    const piece = `${(11 * 1024 * 1024).toString(16)}\r\n${'x'.repeat(11 * 1024 * 1024)}\r\n`;
    expect(statuses(await write(large + piece, 'zz\r\n'))).toEqual(['413']);
  });

  test('an expectation that nobody knows is passed over', async () => {
    const answer = await call('GET', '/api/v1/echo/fixed', ['Expect', 'foo']);
    expect([answer.status, answer.json().resource]).toEqual([200, '/api/v1/echo/fixed']);
  });
});

describe('a body that does not end', () => {
  test.each([
    ['stops', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 5')}ab`],
    ['never begins', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 5')],
    ['comes in pieces', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Transfer-Encoding: chunked')}1\r\na\r\n`],
  ])('because it %s is 504 when its time is over, and the connection ends', async (_, bytes) => {
    const answer = await write(bytes);
    expect(statuses(answer)).toEqual(['504']);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toContain('{"message":"Endpoint request timed out"}');
  });
});
