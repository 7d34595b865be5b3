import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HostPool, type HostPoolOptions, startHostPool } from './host-pool.ts';
import { InvokeRefused } from './invoke.ts';
import type { FunctionDefinition } from './protocol.ts';

const probeBundle = fileURLToPath(new URL('./fixtures/probe.mjs', import.meta.url));
const pools: HostPool[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-'));
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop(0)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const aFunction = (name: string, overrides: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  name,
  arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
  bundle: probeBundle,
  version: '1',
  exportName: 'handler',
  environment: {
    AWS_LAMBDA_FUNCTION_NAME: name,
    MARK: `mark of ${name}`,
    AWS_ACCESS_KEY_ID: `key of ${name}`,
  },
  timeoutMs: 5_000,
  memoryMb: 256,
  logGroup: `/aws/lambda/${name}`,
  logFile: join(folder, 'logs', `${name}.log`),
  ...overrides,
});

async function aPool(functions: FunctionDefinition[], options: Partial<HostPoolOptions> = {}) {
  const notices: string[] = [];
  const pool = await startHostPool({
    hosts: 2,
    concurrency: { mode: 'several', concurrency: 64 },
    compileCacheDir: join(folder, 'cache'),
    onNotice: ({ name, line }) => notices.push(`${name}: ${line}`),
    ...options,
  });
  pools.push(pool);
  for (const definition of functions) pool.define(definition);
  const call = async (name: string, event: object) => {
    const { payload, failure } = await pool.invoke(name, JSON.stringify(event));
    return { value: JSON.parse(payload), failure };
  };
  return { pool, call, notices };
}

const singleMode = { mode: 'single', instancesPerFunction: 3 } as const;

describe('a Lambda host', () => {
  test('returns the result of the handler', async () => {
    const { call } = await aPool([aFunction('shop')]);
    const event = { do: 'echo', text: 'tab\tand\nbreak ✓', list: [1, null, { a: true }] };
    expect(await call('shop', event)).toEqual({ value: event, failure: undefined });
    expect((await call('shop', { do: 'nothing' })).value).toBeNull();
  });

  test('accepts an event with line breaks', async () => {
    const { pool } = await aPool([aFunction('shop')]);
    const { payload } = await pool.invoke('shop', JSON.stringify({ do: 'echo', text: 'a\nb' }, null, '\t'));
    expect(JSON.parse(payload)).toEqual({ do: 'echo', text: 'a\nb' });
  });

  test('gives every function its own environment over interleaved calls', async () => {
    const names = ['users', 'orders', 'payments'];
    const { call } = await aPool(names.map((name) => aFunction(name)));
    const calls = Array.from({ length: 300 }, (_, i) => {
      const name = names[i % 3] as string;
      return call(name, { do: 'environment', ms: i % 7 }).then(({ value }) => ({ name, value }));
    });
    for (const { name, value } of await Promise.all(calls)) {
      expect(value).toMatchObject({
        before: `mark of ${name}`,
        after: `mark of ${name}`,
        key: `key of ${name}`,
        loadedIn: name,
        name,
        keys: ['AWS_ACCESS_KEY_ID', 'AWS_LAMBDA_FUNCTION_NAME', 'MARK'],
      });
      expect(value.requestId).toBe(value.contextRequestId);
    }
  });

  test('passes the handler a context with the remaining time', async () => {
    const { call } = await aPool([aFunction('shop')]);
    const { value } = await call('shop', { do: 'context' });
    expect(value).toMatchObject({
      functionName: 'shop',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/shop',
    });
    expect(value.remaining).toBeGreaterThan(3_000);
    expect(value.remaining).toBeLessThanOrEqual(5_000);
  });

  test('returns errors in the form of Lambda', async () => {
    const { call } = await aPool([aFunction('shop'), aFunction('broken', { exportName: 'missing' })]);
    const thrown = await call('shop', { do: 'throws' });
    expect(thrown).toMatchObject({
      failure: 'error',
      value: { errorType: 'RangeError', errorMessage: 'out of stock' },
    });
    expect(thrown.value.trace[0]).toBe('RangeError: out of stock');
    expect((await call('shop', { do: 'throwsText' })).value).toEqual({
      errorType: 'string',
      errorMessage: 'just text',
      trace: [],
    });
    expect((await call('broken', {})).value).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    expect((await call('shop', { do: 'large', bytes: 7_000_000 })).value).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });

  test('ends only the invocation with an unhandled rejection or a call of exit', async () => {
    const { call } = await aPool([aFunction('shop'), aFunction('other')], { hosts: 1 });
    const neighbour = call('other', { do: 'sleep', ms: 300 });
    expect((await call('shop', { do: 'rejectsUnheard' })).value).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: unhandled',
    });
    expect((await call('shop', { do: 'exits' })).value).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await neighbour).failure).toBeUndefined();
  });

  test('stops waiting at the timeout and ignores the late result', async () => {
    const { call } = await aPool([aFunction('slow', { timeoutMs: 100 })]);
    const [late, quick] = await Promise.all([
      call('slow', { do: 'sleep', ms: 400 }),
      call('slow', { do: 'echo' }),
    ]);
    expect(late.failure).toBe('timeout');
    expect(late.value.errorMessage).toContain('Task timed out after 0.10 seconds');
    expect(quick.failure).toBeUndefined();
  });

  test('is replaced when a handler blocks the event loop', async () => {
    const { pool, call } = await aPool([aFunction('loop', { timeoutMs: 100 })], { hosts: 1 });
    const [before] = pool.hosts();
    expect((await call('loop', { do: 'blocks' })).failure).toBe('timeout');
    const { value } = await call('loop', { do: 'pid' }).then(async (first) =>
      first.failure === undefined ? first : call('loop', { do: 'pid' }),
    );
    expect(value).not.toBe(before?.pid);
  });

  test('fails its invocations when it is killed, and is replaced', async () => {
    const { pool, call } = await aPool([aFunction('shop')], { hosts: 1 });
    await call('shop', { do: 'echo' });
    const running = call('shop', { do: 'sleep', ms: 10_000 });
    const killed = pool.kill();
    const waiting = call('shop', { do: 'pid' });
    expect(await running).toMatchObject({
      failure: 'host-died',
      value: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('SIGKILL') },
    });
    const after = await waiting.then((first) => (first.failure ? call('shop', { do: 'pid' }) : first));
    expect(after.value).not.toBe(killed);
  });

  test('runs one invocation at a time per instance if configured, and queues the rest', async () => {
    const { call } = await aPool([aFunction('shop')], { concurrency: singleMode });
    const results = await Promise.all(
      Array.from({ length: 12 }, () => call('shop', { do: 'sleep', ms: 20 })),
    );
    expect(results.map(({ value }) => value.running)).toEqual(Array(12).fill(1));
  });

  test('replaces an instance after a timeout when each runs one invocation at a time', async () => {
    const { call } = await aPool([aFunction('shop', { timeoutMs: 100 })], {
      concurrency: { ...singleMode, instancesPerFunction: 1 },
    });
    expect((await call('shop', { do: 'sleep', ms: 5_000 })).failure).toBe('timeout');
    expect((await call('shop', { do: 'sleep', ms: 1 })).value.running).toBe(1);
  });

  test('loads a new bundle with the next invocation', async () => {
    const bundle = join(folder, 'versioned.mjs');
    await writeFile(bundle, 'export const handler = async () => "first"');
    const { pool, call } = await aPool([aFunction('live', { bundle })]);
    expect((await call('live', {})).value).toBe('first');
    await writeFile(bundle, 'export const handler = async () => "second"');
    pool.define(aFunction('live', { bundle, version: '2' }));
    expect((await call('live', {})).value).toBe('second');
  });

  test('writes the output of a function to its own log and forwards errors', async () => {
    const { call, notices } = await aPool([aFunction('talks')]);
    await call('talks', { do: 'prints', line: 'hello' });
    const log = await readFile(join(folder, 'logs', 'talks.log'), 'utf8');
    expect(log).toBe('hello\n{"level":"ERROR","message":"hello"}\n');
    expect(notices).toEqual(['talks: {"level":"ERROR","message":"hello"}']);
  });

  test('rejects an unknown function and an event over 6 MB', async () => {
    const { pool } = await aPool([aFunction('shop')]);
    await expect(pool.invoke('nobody', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    const large = JSON.stringify({ do: 'echo', text: 'x'.repeat(6 * 1024 * 1024) });
    await expect(pool.invoke('shop', large)).rejects.toThrow(InvokeRefused);
  });
});
