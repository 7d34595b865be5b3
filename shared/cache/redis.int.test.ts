import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { eventually } from '../testing/eventually.ts';
import { aRedis, freePort, redisServer } from '../testing/redis.ts';
import { type RedisAddress, redisCache } from './redis.ts';

/** Closed after each test, so that a failed test leaves no connection that keeps Jest running. */
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function aCache(address: RedisAddress, prefix = `test-${randomUUID()}:`) {
  const cache = redisCache(address, prefix);
  closers.push(() => cache.end());
  return cache;
}
const single = (port: number): RedisAddress => ({ mode: 'single', host: '127.0.0.1', port });

/** A server that accepts connections and never responds. */
async function silentServer(): Promise<number> {
  const sockets: Socket[] = [];
  const server = await new Promise<Server>((ready) => {
    const starting = createServer((socket) => sockets.push(socket));
    starting.listen(0, '127.0.0.1', () => ready(starting));
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

describe('without a Redis', () => {
  test('every value is computed again', async () => {
    const cache = aCache(single(await freePort()));
    let computed = 0;
    const compute = async () => `value ${++computed}`;
    expect(await cache.getOrLoad('a', 1000, compute)).toBe('value 1');
    expect(await cache.getOrLoad('a', 1000, compute)).toBe('value 2');
  });

  test('a server that never responds delays no request for long', async () => {
    const cache = aCache(single(await silentServer()));
    const started = performance.now();
    expect(await cache.getOrLoad('a', 1000, async () => 'value')).toBe('value');
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

// A developer's machine may lack redis-server; in CI its absence is an error.
const redis = redisServer() !== undefined || process.env['CI'] === 'true' ? await aRedis() : undefined;
if (redis !== undefined)
  describe('with a Redis', () => {
    const address = { mode: 'single', ...redis } as const;
    const client = new Redis(redis);
    afterAll(() => client.disconnect());

    /** A cache whose connection is established. */
    async function aConnectedCache(prefix: string) {
      const cache = aCache(address, prefix);
      await eventually(async () => {
        await cache.getOrLoad('connected', 60_000, async () => 'yes');
        expect(await client.get(`${prefix}connected`)).toBe('yes');
      });
      return cache;
    }

    test('a value that one process computed is found by another', async () => {
      const prefix = `test-${randomUUID()}:`;
      const [first, second] = [await aConnectedCache(prefix), await aConnectedCache(prefix)];
      // Commands of the cache time out on a busy machine, which is a miss: repeated until the value is stored and read.
      await eventually(async () => {
        expect(await first.getOrLoad('a', 60_000, async () => 'first')).toBe('first');
        expect(await client.get(`${prefix}a`)).toBe('first');
      });
      const miss = () => Promise.reject(new Error('not cached'));
      await eventually(async () => expect(await second.getOrLoad('a', 60_000, miss)).toBe('first'));
    });

    test('a value expires after the lifetime in milliseconds, and not before', async () => {
      const prefix = `test-${randomUUID()}:`;
      const cache = await aConnectedCache(prefix);
      await eventually(async () => {
        await cache.getOrLoad('a', 60_000, async () => 'old');
        expect(await client.exists(`${prefix}a`)).toBe(1);
      });
      const lifetimeMs = await client.pttl(`${prefix}a`);
      expect(lifetimeMs).toBeGreaterThan(30_000);
      expect(lifetimeMs).toBeLessThanOrEqual(60_000);
      await client.pexpire(`${prefix}a`, 0);
      expect(await cache.getOrLoad('a', 60_000, async () => 'new')).toBe('new');
    });
  });
