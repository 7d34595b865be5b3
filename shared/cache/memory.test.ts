import { aLoader, testCache } from '../testing/cache-contract.ts';
import { memoryCache } from './memory.ts';

describe('a cache in memory', () => {
  testCache(async (options) => memoryCache(options));

  test('removes the least recently used text first when it is full', async () => {
    const cache = memoryCache({ maxLength: 20 });
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
});
