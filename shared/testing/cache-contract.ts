import type { Cache } from '../cache/cache.ts';
import type { MemoryCacheOptions } from '../cache/memory.ts';

/** A loader that counts its calls. */
export function aLoader(text = 'text') {
  const calls = { count: 0 };
  return {
    calls,
    load: async () => {
      calls.count += 1;
      return `${text} ${calls.count}`;
    },
  };
}

/**
 * What a cache guarantees in every configuration.
 * @param create a cache without content, whose shared tier, if any, is connected and has no content
 */
export function testCache(create: (options?: Omit<MemoryCacheOptions, 'shared'>) => Promise<Cache>): void {
  test('a text is cached for its time to live and no longer', async () => {
    const start = Date.now();
    let elapsed = 0;
    const cache = await create({ now: () => start + elapsed });
    const { load } = aLoader();
    expect(await cache.getOrLoad('a', 60_000, load)).toBe('text 1');
    elapsed = 59_999;
    expect(await cache.getOrLoad('a', 60_000, load)).toBe('text 1');
    elapsed = 60_000;
    expect(await cache.getOrLoad('a', 60_000, load)).toBe('text 2');
  });

  test('the time to live begins before the load', async () => {
    const start = Date.now();
    let elapsed = 0;
    const cache = await create({ now: () => start + elapsed });
    const slow = async () => {
      elapsed = 50_000;
      return 'slow';
    };
    await cache.getOrLoad('a', 60_000, slow);
    elapsed = 60_000;
    expect(await cache.getOrLoad('a', 60_000, aLoader().load)).toBe('text 1');
  });

  test('concurrent requests share one load', async () => {
    const cache = await create();
    const { load, calls } = aLoader();
    await Promise.all(Array.from({ length: 20 }, () => cache.getOrLoad('a', 60_000, load)));
    expect(calls.count).toBe(1);
  });

  test('an error is returned to all who wait for the load, and is not cached', async () => {
    const cache = await create();
    const fail = () => cache.getOrLoad('a', 60_000, () => Promise.reject(new Error('away')));
    const results = await Promise.allSettled([fail(), fail()]);
    expect(results.map((result) => String((result as PromiseRejectedResult).reason))).toEqual([
      'Error: away',
      'Error: away',
    ]);
    expect(await cache.getOrLoad('a', 60_000, aLoader().load)).toBe('text 1');
  });

  test('a text may contain line breaks, be long or empty', async () => {
    const cache = await create();
    for (const text of ['1\n2\n', 'ä€😀'.repeat(50_000), ''])
      expect(await cache.getOrLoad(text.slice(0, 9), 60_000, async () => text)).toBe(text);
  });
}
