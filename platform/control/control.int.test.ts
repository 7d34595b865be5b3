import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployed } from '../../build/template/fixtures/a-stack.ts';
import { CallCounts } from '../aws-endpoint/call-counts.ts';
import { Faults } from '../aws-endpoint/faults.ts';
import { PublishedEvents } from '../aws-endpoint/published-events.ts';
import { startMessaging } from '../engines/messaging.ts';
import { startHostPool } from '../host/host-pool.ts';
import { newControlSecret, withSecret } from '../local-access/local-access.ts';
import { Mailbox } from '../mailbox/mailbox.ts';
import { asyncEvents } from '../sources/async-events.ts';
import { asyncRules } from '../sources/async-rules.ts';
import { openSourceStore } from '../sources/source-store.ts';
import { startSources } from '../sources/start-sources.ts';
import { ControlClient } from './control-client.ts';
import { Document, type Routes } from './reply.ts';
import { controlRoutes } from './routes.ts';
import { type ControlServer, startControlServer } from './server.ts';
import type { PlatformParts } from './state.ts';

const folder = await mkdtemp(join(tmpdir(), 'control-'));
const stops: (() => unknown)[] = [];
const secret = newControlSecret();
let server: ControlServer;
let client: ControlClient;

const deployment = deployed();

/** The parts of a platform without stacks, with one function `probe` that does what its event says. */
async function platformParts(): Promise<PlatformParts> {
  const messaging = await startMessaging({ dataDir: join(folder, 'messaging') });
  const pool = await startHostPool({
    hosts: 1,
    concurrency: { mode: 'several', concurrency: 4 },
    compileCacheDir: join(folder, 'cache'),
    onNotice: () => {},
  });
  pool.define({
    name: 'probe',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:probe',
    bundle: join(import.meta.dirname, '../host/fixtures/probe.mjs'),
    version: '1',
    exportName: 'handler',
    environment: { AWS_LAMBDA_FUNCTION_NAME: 'probe' },
    timeoutMs: 500,
    memoryMb: 256,
    logGroup: '/aws/lambda/probe',
    logFile: join(folder, 'probe.log'),
  });
  const store = openSourceStore(join(folder, 'sources.db'));
  const { invoke } = pool;
  const events = asyncEvents({
    invoke,
    store,
    rulesOf: asyncRules(deployment, messaging),
    retryDelaysMs: [1, 1],
    onDropped: () => {},
  });
  const sources = startSources({
    deployment,
    messaging,
    dynamoUrl: 'http://127.0.0.1:1',
    objects: new EventEmitter(),
    invoke,
    events,
    store,
    queueOfSubscription: () => ({ url: '' }),
    onError: () => {},
  });
  stops.push(
    () => sources.stop(),
    () => events.stop(),
    () => pool.stop(0),
    () => store.close(),
    () => messaging.stop(),
  );
  return {
    addresses: { api: 'http://127.0.0.1:1', aws: 'http://127.0.0.1:2', payments: 'http://127.0.0.1:3' },
    deployment,
    pool,
    events,
    sources,
    messaging,
    mailbox: await Mailbox.open(join(folder, 'mails')),
    awsEndpoint: { counts: new CallCounts(), faults: new Faults(), published: new PublishedEvents() },
  };
}

const furtherRoutes: Routes = {
  'GET /document': () => new Document('text/plain', 'text', { 'X-Test': 'yes' }),
  'GET /broken': () => {
    throw new Error('out of order');
  },
};

beforeAll(async () => {
  server = await startControlServer({
    port: 0,
    secret,
    routes: { ...controlRoutes(await platformParts()), ...furtherRoutes },
    openRoutes: { 'GET /open': () => new Document('text/plain', 'open') },
  });
  client = new ControlClient({ consoleUrl: server.url, controlSecret: secret });
});
afterAll(async () => {
  await server.stop();
  for (const stop of stops) await stop();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, { headers, ...options }: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { ...options, headers: { ...withSecret(secret), ...headers } });

describe('an invocation through the control interface', () => {
  test('returns what the function returned', async () => {
    const invocation = await client.send('POST /invoke/:name', {
      name: 'probe',
      body: { do: 'echo', text: 'a' },
    });
    expect(invocation).toEqual({ requestId: expect.any(String), payload: { do: 'echo', text: 'a' } });
    await expect(client.invoke('probe', { do: 'nothing' })).resolves.toBeNull();
  });

  test.each([
    ['throws', 'probe failed (error): {"errorType":"RangeError","errorMessage":"out of stock"'],
    ['sleep', 'probe failed (timeout): '],
    ['exits', 'probe failed (error): {"errorType":"Runtime.ExitError"'],
  ])('rejects when the function fails: %s', async (behaviour, message) => {
    await expect(client.invoke('probe', { do: behaviour, ms: 10_000 })).rejects.toThrow(message);
  });

  test('rejects for an unknown function and for a body that is not JSON', async () => {
    await expect(client.invoke('unknown', {})).rejects.toThrow('POST /invoke/unknown returned 404');
    const response = await get('/invoke/probe', { method: 'POST', body: '{' });
    expect([response.status, await response.json()]).toEqual([400, { message: 'the body is not JSON' }]);
  });
});

describe('the control client', () => {
  test('reads the state and controls faults and hosts', async () => {
    const { id } = await client.send('POST /faults', { body: { kind: 'throttle', service: 'sqs' } });
    expect((await client.send('GET /state')).faults).toMatchObject([{ id, kind: 'throttle', hits: 0 }]);
    await client.send('DELETE /faults');
    expect(await client.send('GET /faults')).toEqual([]);
    await client.send('DELETE /calls');
    expect(await client.send('GET /calls')).toMatchObject({ calls: [], grants: [] });
    expect(await client.send('GET /mails')).toEqual([]);
    const { pid } = await client.send('POST /hosts/kill');
    expect(pid).toBeGreaterThan(0);
  });

  test.each([
    ['an invalid fault', () => client.send('POST /faults', { body: { kind: 'earthquake' } }), 400],
    ['an unknown host', () => client.send('POST /hosts/kill', { body: { pid: 1 } }), 404],
    ['an unknown queue', () => client.send('POST /queues/:name/redrive', { name: 'no/such' }), 404],
    ['an unknown schedule', () => client.send('POST /schedules/:name/run', { name: 'none' }), 404],
  ])('rejects for %s', async (_, call, status) => {
    await expect(call()).rejects.toThrow(`returned ${status}: {"message":`);
  });
});

describe('the control server', () => {
  test('sends documents with their own type and headers', async () => {
    const response = await get('/document');
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('x-test')).toBe('yes');
    expect(await response.text()).toBe('text');
  });

  test.each([
    ['an unexpected error', '/broken', {}, 500, 'out of order'],
    ['an unknown path', '/unknown', {}, 404, 'no such route'],
    ['a method that the path does not have', '/state', { method: 'DELETE' }, 404, 'no such route'],
    ['a path that cannot be decoded', '/reports/%E0', {}, 400, 'the path cannot be decoded'],
    [
      'a page of another site',
      '/state',
      { headers: { origin: 'https://evil.example' } },
      403,
      'requests from pages of other sites are not allowed',
    ],
  ])('refuses %s', async (_, path, options, status, message) => {
    const response = await get(path, options);
    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  test.each([
    ['without the secret', undefined],
    ['with the secret of another start', withSecret(newControlSecret()).authorization],
    ['with an empty one', 'Bearer '],
  ])('refuses a request %s', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const [method, path] of [
      ['GET', '/state'],
      ['POST', '/invoke/probe'],
      ['GET', '/document'],
    ] as const)
      expect((await fetch(`${server.url}${path}`, { method, headers })).status).toBe(401);
    expect((await fetch(`${server.url}/open`, { headers })).status).toBe(200);
  });

  test('names a port in use', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startControlServer({ port, secret, routes: {} })).rejects.toThrow(
      `Port ${port} for the console is in use`,
    );
  });
});
