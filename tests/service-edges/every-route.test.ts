import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../build/stacks.ts';
import type { Route } from '../../shared/http/route.ts';
import { capturedLog } from '../../shared/testing/captured-log.ts';
import { setEnvironment } from '../../shared/testing/environment.ts';
import { send, type TestRequest, type TestResponse } from '../../shared/testing/http-event.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { everyRoute, marker, validRequest } from './requests.ts';

/** No store, topic, secret or provider can be reached: every route that needs one fails. */
const unreachable = 'http://127.0.0.1:9';
const corsOrigin = 'https://shop.example';
setEnvironment({
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: unreachable,
  AWS_MAX_ATTEMPTS: '1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  CORS_ORIGIN: corsOrigin,
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '9',
  DATABASE_READ_HOSTS: '127.0.0.1',
  DATABASE_SERVER_HOST: '127.0.0.1',
  DATABASE_OWNER: 'none',
  DATABASE_NAME: 'none',
  DATABASE_USER: 'none',
  DATABASE_READER: 'none',
  PAYMENT_PROVIDER_URL: unreachable,
  IMAGE_BASE_URL: unreachable,
  MAIL_FROM: 'orders@shop.example',
  SHOP_URL: corsOrigin,
  MAIL_CONFIGURATION_SET: 'shop-test-mails',
  RETENTION_YEARS: '10',
  ...Object.fromEntries(
    [
      ...['PRODUCTS', 'CATEGORIES', 'INVENTORY', 'RESERVATIONS', 'OUTBOX', 'IDEMPOTENCY', 'MEDIA'],
      ...['NOTIFICATIONS', 'METRICS'],
    ].map((name) => [`${name}_TABLE`, 'none']),
  ),
  ...Object.fromEntries(
    ['ORDER_EVENTS', 'ORDER_CREATED', 'ORDER_COMPLETED', 'ORDER_CANCELLED']
      .concat('PAYMENT_EVENTS', 'USER_EVENTS', 'PRODUCT_EVENTS', 'MEDIA_EVENTS')
      .map((name) => [`${name}_TOPIC_ARN`, 'none']),
  ),
  ...Object.fromEntries(
    [
      'DATABASE',
      'DATABASE_OWNER',
      'SIGNING_KEYS',
      'PUBLIC_KEYS',
      'SECOND_FACTOR_KEY',
      'PAYMENT_PROVIDER',
      'MAIL_TOKEN_KEY',
    ].map((name) => [`${name}_SECRET_ID`, 'none']),
  ),
  PICTURE_BUCKET: 'none',
  DOCUMENTS_BUCKET: 'none',
  USER_FILES_BUCKET: 'none',
  DEAD_LETTERS_URL: unreachable,
  UNDELIVERED_URLS: unreachable,
  RESERVE_STOCK_FUNCTION: 'none',
  RELEASE_STOCK_FUNCTION: 'none',
});

type Handler = Parameters<typeof send>[0];
const loaded: { name: string; route: Route; handler: Handler }[] = [];
for (const { name, service, route } of await everyRoute()) {
  const file = join(root, 'services', service, 'src/handlers', `${route.name}.ts`);
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: Handler };
  loaded.push({ name, route, handler });
}

const manyFields = Object.fromEntries(
  Array.from({ length: 50_000 }, (_, at) => [`${marker}-${at}-${'x'.repeat(24)}`, 1]),
);
/** Fits into one log line and one packet or two, whatever was sent. */
const maxProblemLength = 20_000;

/** What callers can do wrong, by the status that they get. */
const faults: [string, number, (request: TestRequest) => TestRequest][] = [
  [
    'an unknown field',
    400,
    (request) => ({ ...request, body: { ...Object(request.body), [marker]: marker } }),
  ],
  [
    'two megabytes of unknown fields',
    400,
    (request) => ({ ...request, body: { ...Object(request.body), ...manyFields } }),
  ],
  ['a body that is not JSON', 400, (request) => ({ ...request, body: `${marker}{` })],
  ['another media type', 415, (r) => ({ ...r, headers: { ...r.headers, 'Content-Type': `text/${marker}` } })],
];

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Routes by which accounts, passwords and tokens can be guessed. */
test('every public route that takes input of an account has limits', () => {
  const unlimited = nonEmpty(loaded)
    .map(({ route }) => route)
    .filter(
      ({ access, path, body, limits }) => access === 'public' && path.includes('/auth/') && body && !limits,
    )
    .map(({ name }) => name);
  // It ends a session, and says nothing about whether there was one.
  expect(unlimited).toEqual(['logout']);
});

describe.each(nonEmpty(loaded))('$name', ({ route, handler }) => {
  const logged = async (request: TestRequest) => {
    let response: TestResponse<Record<string, unknown>> | undefined;
    const log = await capturedLog(async () => {
      response = await send(handler, route, request);
    });
    return { log, response: response! };
  };
  const expectSafe = ({ log, response }: Awaited<ReturnType<typeof logged>>) => {
    expect(log).toContain('"message":"request"');
    expect(log.toLowerCase()).not.toContain(marker);
    expect(response.headers['access-control-allow-origin']).toBe(corsOrigin);
    expect(response.headers['access-control-expose-headers']).toContain('Retry-After');
  };

  test('logs nothing of a request that fails, and returns CORS headers', async () => {
    const result = await logged(validRequest(route));
    expectSafe(result);
    const needsNoStore = route.name === 'get-openapi';
    expect([route.name, result.response.status >= 400]).toEqual([route.name, !needsNoStore]);
  });

  if (route.body !== undefined)
    test.each(faults)(
      'logs nothing of a request with %s, and returns CORS headers',
      async (_, status, fault) => {
        const result = await logged(fault(validRequest(route)));
        expectSafe(result);
        expect(result.response.status).toBe(status);
        expect(JSON.stringify(result.response.body).length).toBeLessThan(maxProblemLength);
      },
    );

  if (route.idempotency === 'required' || route.idempotency === 'optional')
    test('accepts an Idempotency-Key of 255 characters and no longer one', async () => {
      const statusWith = async (length: number) => {
        const request = validRequest(route);
        const headers = { ...request.headers, 'Idempotency-Key': 'k'.repeat(length) };
        return (await logged({ ...request, headers })).response.status;
      };
      expect(await statusWith(255)).not.toBe(400);
      expect(await statusWith(256)).toBe(400);
    });

  if (route.limits !== undefined)
    test('returns its limits with every response', async () => {
      const { response } = await logged(validRequest(route));
      for (const { name } of route.limits ?? [])
        expect(response.headers['ratelimit-policy']).toMatch(new RegExp(`"${name}";q=\\d+;w=\\d+`));
    });

  if (route.access !== 'public')
    test.each<[string, number, TestRequest['caller']]>([
      ['without a caller', 401, undefined],
      ['of a caller without a role', 403, { userId: randomUUID(), roles: [] }],
      ['with an expired token', 401, { userId: randomUUID(), roles: ['admin'], expiresAt: nowSeconds() - 1 }],
      [
        'with a token that expires now',
        401,
        { userId: randomUUID(), roles: ['admin'], expiresAt: nowSeconds() },
      ],
    ])('logs nothing of a request %s, and returns CORS headers', async (_, status, caller) => {
      const { caller: _caller, ...request } = validRequest(route);
      const result = await logged({ ...request, ...(caller === undefined ? {} : { caller }) });
      expectSafe(result);
      expect(result.response.status).toBe(status);
      const challenge = status === 401 ? 'Bearer realm="shop"' : undefined;
      expect(result.response.headers['www-authenticate']).toBe(challenge);
    });
});
