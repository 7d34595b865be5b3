import { inProcessCache } from './in-process.ts';

/** A loader that counts its calls. */
function aLoader(text = 'text') {
  const calls = { count: 0 };
  return {
    calls,
    load: async () => {
      calls.count += 1;
      return `${text} ${calls.count}`;
    },
  };
}

test('a text is cached for its time to live and no longer', async () => {
  let now = 0;
  const cache = inProcessCache({ now: () => now });
  const { load } = aLoader();
  expect(await cache.getOrLoad('a', 1000, load)).toBe('text 1');
  now = 999;
  expect(await cache.getOrLoad('a', 1000, load)).toBe('text 1');
  now = 1000;
  expect(await cache.getOrLoad('a', 1000, load)).toBe('text 2');
});

test('concurrent requests share one load', async () => {
  const cache = inProcessCache();
  const { load, calls } = aLoader();
  await Promise.all(Array.from({ length: 20 }, () => cache.getOrLoad('a', 1000, load)));
  expect(calls.count).toBe(1);
});

test('an error is not cached', async () => {
  const cache = inProcessCache();
  await expect(cache.getOrLoad('a', 1000, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await cache.getOrLoad('a', 1000, aLoader().load)).toBe('text 1');
});

test('when the cache is full, the least recently used text is removed first', async () => {
  const cache = inProcessCache({ maxLength: 20 });
  const things = { a: aLoader('a'), b: aLoader('b'), c: aLoader('c') };
  const ask = (key: 'a' | 'b' | 'c') =>
    cache.getOrLoad(key, 1000, async () => (await things[key].load()).padEnd(7));
  await ask('a');
  await ask('b');
  await ask('a');
  await ask('c');
  await ask('a');
  await ask('b');
  expect([things.a.calls.count, things.b.calls.count, things.c.calls.count]).toEqual([1, 2, 1]);
});
