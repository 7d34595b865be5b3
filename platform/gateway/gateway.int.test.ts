import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { eventually } from '#shared/testing/eventually.ts';
import { gatewayUnderTest } from './fixtures/gateway-under-test.ts';

const { pool, call, gateway } = await gatewayUnderTest();

/** Writes the first chunk, each other one after a response, and reads everything until the connection closes. */
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
const head = (line: string, ...headers: string[]) =>
  [line, 'Host: localhost', ...headers, '', ''].join('\r\n');
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
const echo = head('GET /api/v1/echo/fixed HTTP/1.1');

describe('a route', () => {
  test('is chosen literal first, then parameter', async () => {
    expect((await call('GET', '/api/v1/echo/fixed')).json().resource).toBe('/api/v1/echo/fixed');
    const echo = (await call('GET', '/api/v1/echo/a%20b')).json();
    expect([echo.resource, echo.pathParameters]).toEqual(['/api/v1/echo/{id}', { id: 'a b' }]);
  });

  test('that does not exist gets the response of the template', async () => {
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/api/v1/echo/fixed'],
      ['GET', '/api/v1/echo/'],
    ]) {
      const response = await call(method as string, path as string);
      expect(response.status).toBe(404);
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.json()).toEqual({ code: 'ROUTE_NOT_FOUND', requestId: response.headers['x-from'] });
    }
  });
});

test('a host name of another site is refused before any route: its address may lead here by DNS rebinding', async () => {
  const foreign = (host: string) => write(`GET /api/v1/echo/fixed HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  for (const host of ['evil.example', `evil.example:${gateway.port}`, '127.0.0.1.evil.example']) {
    const response = await foreign(host);
    expect(statuses(response)).toEqual(['403']);
    expect(response).toContain('{"message":"Forbidden"}');
  }
});

describe('a response', () => {
  test.each(['throws', 'nothing', 'text', 'key', 'status', 'object', 'header'])(
    'that is invalid (%s) is 502 without the function’s text',
    async (how) => {
      const response = await call('GET', `/api/v1/odd/${how}`);
      expect([response.status, response.json()]).toEqual([502, { message: 'Internal server error' }]);
    },
  );

  test('after the integration timeout is 504', async () => {
    const response = await call('GET', '/api/v1/odd/slow');
    expect([response.status, response.json()]).toEqual([504, { message: 'Endpoint request timed out' }]);
  });

  test('without a body and with reserved headers is sent like API Gateway’s', async () => {
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

describe('a compressed body', () => {
  const text = JSON.stringify({ name: 'Ada' });
  const send = (coding: string, body: Buffer | string) =>
    call('POST', '/api/v1/echo/7', ['Content-Encoding', coding, 'Content-Type', 'application/json'], body);

  test.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['identity', Buffer.from(text)],
  ])('in %s reaches the function decoded', async (coding, body) => {
    expect((await send(coding, body)).json().body).toBe(text);
  });

  test.each([
    ['br', brotliCompressSync(text)],
    ['gzip', Buffer.from(text)],
    ['gzip, gzip', gzipSync(gzipSync(text))],
  ])('in %s that cannot be decoded is 415', async (coding, body) => {
    expect((await send(coding, body)).status).toBe(415);
  });

  test('that is larger than a body may be once it is decoded is 413', async () => {
    expect((await send('gzip', gzipSync(Buffer.alloc(11 * 1024 * 1024)))).status).toBe(413);
  });
});

test('a response to HEAD has the headers of GET and no body', async () => {
  const [get, head] = [await call('GET', '/api/v1/echo/7'), await call('HEAD', '/api/v1/echo/7')];
  expect([head.status, head.bytes.length]).toEqual([get.status, 0]);
  const varying = (name: string) => /^(x-amz|date$)/.test(name);
  const names = (headers: object) => Object.keys(headers).filter((name) => !varying(name));
  expect(names(head.headers)).toEqual(names(get.headers));
});

describe('a request that is not HTTP', () => {
  test.each([
    ['an unknown method', head('FOO /api/v1/echo/7 HTTP/1.1')],
    ['a raw byte in the path', head('GET /api/v1/echo/\xff HTTP/1.1')],
    ['a length that is no number', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: seven')],
    ['two lengths', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2')],
    ['a header without a name', head('GET /api/v1/echo/7 HTTP/1.1', ': value')],
    ['headers without end', head('GET /api/v1/echo/7 HTTP/1.1', `X-Long: ${'x'.repeat(40_000)}`)],
    ['a broken piece', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`],
    ['nonsense', 'nonsense\r\n\r\n'],
  ])('with %s is 400 in the form of the template, and the connection closes', async (_, bytes) => {
    const response = await write(bytes);
    expect(statuses(response)).toEqual(['400']);
    expect(response).toMatch(/^content-type: application\/json\r$/im);
    expect(response).toMatch(/^connection: close\r$/im);
    expect(response).toMatch(/^x-amzn-requestid: \S+\r$/im);
    expect(JSON.parse(response.split('\r\n\r\n')[1] ?? '')).toEqual({
      code: 'REFUSED',
      detail: 'Bad Request',
    });
  });

  test('does not affect the responses of the requests before it', async () => {
    expect(statuses(await write(echo, 'nonsense\r\n\r\n'))).toEqual(['200', '400']);
    expect(statuses(await write(`${echo}nonsense\r\n\r\n`))).toEqual(['200']);
  });

  test('in a body that was refused already gets no second response', async () => {
    const large = head('POST /api/v1/picture HTTP/1.1', 'Transfer-Encoding: chunked');
    const piece = `${(11 * 1024 * 1024).toString(16)}\r\n${'x'.repeat(11 * 1024 * 1024)}\r\n`;
    expect(statuses(await write(large + piece, 'zz\r\n'))).toEqual(['413']);
  });

  test('with an unknown expectation is processed', async () => {
    const response = await call('GET', '/api/v1/echo/fixed', ['Expect', 'foo']);
    expect([response.status, response.json().resource]).toEqual([200, '/api/v1/echo/fixed']);
  });
});

describe('an incomplete body', () => {
  test.each([
    ['stops', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 5')}ab`],
    ['never begins', head('POST /api/v1/echo/7 HTTP/1.1', 'Content-Length: 5')],
    ['comes in pieces', `${head('POST /api/v1/echo/7 HTTP/1.1', 'Transfer-Encoding: chunked')}1\r\na\r\n`],
  ])('that %s is 504 after the timeout, and the connection closes', async (_, bytes) => {
    const response = await write(bytes);
    expect(statuses(response)).toEqual(['504']);
    expect(response).toMatch(/^connection: close\r$/im);
    expect(response).toContain('{"message":"Endpoint request timed out"}');
  });
});
