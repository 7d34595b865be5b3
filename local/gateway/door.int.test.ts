import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { eventually } from '#shared/testing/eventually.ts';
import type { ApiMethod, RestApiSpec } from '../deployment.ts';
import { type HostPool, startHostPool } from '../host/pool.ts';
import { type Gateway, startGateway } from './door.ts';

const BUNDLE = fileURLToPath(new URL('./fixtures/api.mjs', import.meta.url));
const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;

let folder: string;
let pool: HostPool;
let gateway: Gateway;
const errors: unknown[] = [];

const lambda = (
  httpMethod: string,
  path: string,
  name: string,
  more: Partial<ApiMethod> = {},
): ApiMethod => ({
  httpMethod,
  path,
  integration: { kind: 'lambda', functionArn: arnOf(name), timeoutMs: path.endsWith('slow') ? 50 : 29_000 },
  ...more,
});

const API: RestApiSpec = {
  stack: 'shop-test-local',
  logicalId: 'ApiGatewayRestApi',
  id: 'shopapi',
  name: 'local-shop-test',
  stageName: 'local',
  binaryMediaTypes: ['image/png'],
  methods: [
    lambda('ANY', '/api/v1/echo/{id}', 'echo'),
    lambda('GET', '/api/v1/echo/fixed', 'echo'),
    lambda('GET', '/api/v1/files/{path+}', 'echo'),
    lambda('GET', '/api/v1/private', 'echo', { authorizer: 'Auth' }),
    lambda('GET', '/api/v1/private/admin', 'echo', { authorizer: 'Auth' }),
    lambda('GET', '/api/v1/odd/{how}', 'misbehave'),
    lambda('GET', '/api/v1/odd/slow', 'slow'),
    lambda('POST', '/api/v1/picture', 'picture'),
    {
      httpMethod: 'OPTIONS',
      path: '/api/v1/private',
      integration: {
        kind: 'mock',
        responses: [
          {
            statusCode: 204,
            headers: {
              'Access-Control-Allow-Origin': "'https://shop.example'",
              'Access-Control-Allow-Methods': "'GET,OPTIONS'",
            },
          },
        ],
      },
    },
  ],
  authorizers: [
    {
      logicalId: 'Auth',
      name: 'request-authorizer',
      type: 'REQUEST',
      functionArn: arnOf('authorize'),
      ttlSeconds: 300,
      identitySource: ['method.request.header.Authorization'],
    },
  ],
  gatewayResponses: [
    {
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: '404',
      headers: { 'Content-Type': "'application/problem+json'", 'X-From': 'context.requestId' },
      templates: { 'application/json': '{"code":"ROUTE_NOT_FOUND","requestId":"$context.requestId"}' },
    },
    {
      responseType: 'DEFAULT_4XX',
      headers: {},
      templates: { 'application/json': '{"code":"REFUSED","detail":$context.error.messageString}' },
    },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  pool = await startHostPool({
    hosts: 1,
    concurrency: { mode: 'several', concurrency: 64 },
    compileCacheDir: folder,
    onNotice: () => {},
  });
  const names: [string, string][] = [
    ['echo', 'echo'],
    ['authorize', 'authorize'],
    ['misbehave', 'misbehave'],
    ['slow', 'misbehave'],
    ['picture', 'picture'],
  ];
  for (const [name, exportName] of names) {
    pool.define({
      name,
      arn: arnOf(name),
      bundle: BUNDLE,
      version: '1',
      exportName,
      environment: {},
      timeoutMs: 1_000,
      memoryMb: 128,
      logGroup: '',
      logFile: join(folder, `${name}.log`),
    });
  }
  gateway = await startGateway({
    port: 0,
    region: 'eu-west-1',
    accountId: '000000000000',
    apis: [API],
    invoke: pool.invoke,
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await gateway.close();
  await pool.stop(0);
  await rm(folder, { recursive: true, force: true });
});

type Answer = {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  bytes: Buffer;
  json: () => APIGatewayProxyEvent & { detail: string };
};

function call(method: string, path: string, headers: string[] = [], body?: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const all = ['Host', 'api.shop.test:1234', 'Connection', 'close', ...length, ...headers];
    const outgoing = request(gateway.url + path, { method, headers: all }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const json = () => JSON.parse(bytes.toString('utf8'));
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
const withToken = (token: string) => ['Authorization', token];

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

describe('an event', () => {
  test('carries everything that the request said', async () => {
    const headers = ['X-Tag', 'red', 'x-tag', 'blue', 'User-Agent', 'test'];
    const {
      status,
      json,
      headers: answered,
    } = await call('PUT', '/api/v1/echo/a%20b?tag=1&tag=2+3&none=', headers, 'grüße');
    expect(status).toBe(200);
    expect(answered['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answered['content-type']).toBe('application/json');
    const event = json();
    expect(event).toMatchObject({
      resource: '/api/v1/echo/{id}',
      path: '/api/v1/echo/a%20b',
      httpMethod: 'PUT',
      pathParameters: { id: 'a b' },
      queryStringParameters: { tag: '2 3', none: '' },
      multiValueQueryStringParameters: { tag: ['1', '2 3'], none: [''] },
      stageVariables: null,
      body: 'grüße',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'shopapi',
        stage: 'local',
        httpMethod: 'PUT',
        resourcePath: '/api/v1/echo/{id}',
        protocol: 'HTTP/1.1',
        domainName: 'api.shop.test',
        domainPrefix: 'api',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    });
    expect(event.multiValueHeaders['X-Tag']).toEqual(['red', 'blue']);
    expect(event.headers['X-Tag']).toBe('blue');
    expect(event.headers['X-Forwarded-For']).toBe('127.0.0.1');
    expect(answered['x-amzn-requestid']).toBe(event.requestContext.requestId);
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  test('carries names that objects know already, as any other', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const query = names.map((name) => `${name}=1&${name}=2`).join('&');
    const headers = names.flatMap((name) => [name, '3']);
    const { status, bytes } = await call('GET', `/api/v1/echo/fixed?${query}`, headers);
    expect(status).toBe(200);
    const text = bytes.toString();
    for (const name of names) {
      expect(text).toContain(`"${name}":["1","2"]`);
      expect(text).toContain(`"${name}":"3"`);
    }
  });

  test('has null for what is not there', async () => {
    const event = (await call('GET', '/api/v1/echo/fixed')).json();
    expect(event).toMatchObject({
      body: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
    });
  });

  test('carries declared binary bodies as base64, both ways', async () => {
    const bytes = Buffer.from([1, 2, 255, 0, 254]);
    const headers = ['Content-Type', 'image/png', 'Accept', 'image/png'];
    expect((await call('POST', '/api/v1/picture', headers, bytes)).bytes).toEqual(bytes);
    const asText = await call('POST', '/api/v1/picture', ['Accept', '*/*'], 'x');
    expect(asText.bytes.toString()).toBe('AP+A');
  });

  test('over 10 MB of body or 6 MB in all is refused', async () => {
    const large = await call(
      'POST',
      '/api/v1/picture',
      ['Content-Type', 'image/png'],
      Buffer.alloc(10 * 1024 * 1024 + 1),
    );
    expect([large.status, large.json()]).toEqual([413, { code: 'REFUSED', detail: 'Request Too Long' }]);
    const event = await call(
      'POST',
      '/api/v1/picture',
      ['Content-Type', 'image/png'],
      Buffer.alloc(5 * 1024 * 1024),
    );
    expect(event.status).toBe(413);
  });
});

describe('an authorizer', () => {
  test('is not asked without its identity source', async () => {
    const answer = await call('GET', '/api/v1/private');
    expect([answer.status, answer.json()]).toEqual([401, { code: 'REFUSED', detail: 'Unauthorized' }]);
  });

  test('hands its context over as strings and is asked once per token', async () => {
    const first =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(first).toEqual({
      principalId: 'user-1',
      userId: 'user-1',
      roles: 'customer',
      admin: 'false',
      asked: expect.stringMatching(/^\d+$/),
    });
    const second =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(second.asked).toBe(first.asked);
    const other =
      (await call('GET', '/api/v1/private', withToken('other'))).json().requestContext.authorizer ?? {};
    expect(other.asked).not.toBe(first.asked);
    gateway.forgetAuthorizations();
    const again =
      (await call('GET', '/api/v1/private', withToken('good'))).json().requestContext.authorizer ?? {};
    expect(again.asked).not.toBe(first.asked);
  });

  test('is obeyed per method: an explicit deny wins, silence refuses', async () => {
    expect((await call('GET', '/api/v1/private', withToken('good'))).status).toBe(200);
    const denied = await call('GET', '/api/v1/private/admin', withToken('good'));
    expect([denied.status, denied.json().detail]).toEqual([
      403,
      'User is not authorized to access this resource with an explicit deny',
    ]);
    const silent = await call('GET', '/api/v1/private', withToken('nobody'));
    expect([silent.status, silent.json().detail]).toEqual([
      403,
      'User is not authorized to access this resource',
    ]);
  });

  test('that says Unauthorized is 401, and one that fails or answers nonsense is 500', async () => {
    expect((await call('GET', '/api/v1/private', withToken('expired'))).status).toBe(401);
    expect((await call('GET', '/api/v1/private', withToken('crash'))).status).toBe(500);
    expect((await call('GET', '/api/v1/private', withToken('nonsense'))).status).toBe(500);
  });

  test('does not stand before a preflight', async () => {
    const answer = await call('OPTIONS', '/api/v1/private', ['Origin', 'https://shop.example']);
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(answer.headers['access-control-allow-methods']).toBe('GET,OPTIONS');
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
