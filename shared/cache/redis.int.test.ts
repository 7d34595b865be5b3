import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import type { RedisAddress } from '../redis/client.ts';
import { aLoader, testCache } from '../testing/cache-contract.ts';
import { eventually } from '../testing/eventually.ts';
import { aRedis, freePort, redisServer } from '../testing/redis.ts';
import { type MemoryCacheOptions, memoryCache } from './memory.ts';
import { redisTier } from './redis.ts';

/** Closed after each test, so that a failed test leaves no connection that keeps Jest running. */
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function aCache(address: RedisAddress, prefix = aPrefix(), options: Omit<MemoryCacheOptions, 'shared'> = {}) {
  const tier = redisTier(address, prefix);
  closers.push(() => tier.end());
  return memoryCache({ ...options, shared: tier });
}
const aPrefix = () => `test-${randomUUID()}:`;
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
  test('texts are cached in memory', async () => {
    const cache = aCache(single(await freePort()));
    const { load, calls } = aLoader();
    for (let time = 0; time < 3; time += 1) expect(await cache.getOrLoad('a', 60_000, load)).toBe('text 1');
    expect(calls.count).toBe(1);
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
    async function aConnectedCache(prefix: string, options: Omit<MemoryCacheOptions, 'shared'> = {}) {
      const cache = aCache(address, prefix, options);
      // Commands time out on a busy machine, and fail before the connection is established: both are misses.
      await eventually(async () => {
        const key = `connected-${randomUUID()}`;
        await cache.getOrLoad(key, 60_000, async () => 'yes');
        expect(await client.exists(`${prefix}${key}`)).toBe(1);
      });
      return cache;
    }

    testCache((options) => aConnectedCache(aPrefix(), options));

    /** Loads a text in one process until Redis has it, and returns the time in ms until which it is valid. */
    async function stored(prefix: string): Promise<number> {
      const cache = await aConnectedCache(prefix);
      await cache.getOrLoad('a', 60_000, async () => 'first');
      const value = await client.get(`${prefix}a`);
      return Number(value?.split('\n')[0]);
    }

    test('a text that one process loaded is found by another', async () => {
      const prefix = aPrefix();
      await stored(prefix);
      const second = await aConnectedCache(prefix);
      expect(await second.getOrLoad('a', 60_000, aLoader().load)).toBe('first');
    });

    test('the copy of another process expires together with the original', async () => {
      const prefix = aPrefix();
      const expiresAt = await stored(prefix);
      let now = expiresAt - 1;
      const second = await aConnectedCache(prefix, { now: () => now });
      expect(await second.getOrLoad('a', 60_000, aLoader().load)).toBe('first');
      now = expiresAt;
      expect(await second.getOrLoad('a', 60_000, aLoader().load)).toBe('text 1');
    });

    test('a text that is in memory is returned without Redis', async () => {
      const prefix = aPrefix();
      const cache = await aConnectedCache(prefix);
      await cache.getOrLoad('a', 60_000, async () => 'first');
      await client.set(`${prefix}a`, `${Date.now() + 60_000}\nother`);
      expect(await cache.getOrLoad('a', 60_000, aLoader().load)).toBe('first');
    });

    test('concurrent requests ask Redis once', async () => {
      const prefix = aPrefix();
      const cache = await aConnectedCache(prefix);
      const gets = async () => {
        const [, count] = /cmdstat_get:calls=(\d+)/.exec(await client.info('commandstats')) ?? [];
        return Number(count);
      };
      const before = await gets();
      await Promise.all(Array.from({ length: 20 }, () => cache.getOrLoad('a', 60_000, aLoader().load)));
      expect((await gets()) - before).toBe(1);
    });

    test('a text expires in Redis after its time to live', async () => {
      const prefix = aPrefix();
      await stored(prefix);
      const lifetimeMs = await client.pttl(`${prefix}a`);
      expect(lifetimeMs).toBeGreaterThan(30_000);
      expect(lifetimeMs).toBeLessThanOrEqual(60_000);
    });

    test('a value in another format is a miss', async () => {
      const prefix = aPrefix();
      await client.set(`${prefix}a`, 'not a cached text');
      const cache = await aConnectedCache(prefix);
      expect(await cache.getOrLoad('a', 60_000, aLoader().load)).toBe('text 1');
    });
  });
