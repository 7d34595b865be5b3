import { inProcessCache } from './in-process.ts';

/** A thing to remember that counts how often it was made. */
function counted(text = 'answer') {
  const made = { times: 0 };
  return {
    made,
    make: async () => {
      made.times += 1;
      return `${text} ${made.times}`;
    },
  };
}

test('an answer is kept for its time and no longer', async () => {
  let now = 0;
  const cache = inProcessCache({ now: () => now });
  const { make } = counted();
  expect(await cache.remember('a', 1000, make)).toBe('answer 1');
  now = 999;
  expect(await cache.remember('a', 1000, make)).toBe('answer 1');
  now = 1000;
  expect(await cache.remember('a', 1000, make)).toBe('answer 2');
});

test('many who ask at once wait for one answer', async () => {
  const cache = inProcessCache();
  const { make, made } = counted();
  await Promise.all(Array.from({ length: 20 }, () => cache.remember('a', 1000, make)));
  expect(made.times).toBe(1);
});

test('a failure is not kept', async () => {
  const cache = inProcessCache();
  await expect(cache.remember('a', 1000, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await cache.remember('a', 1000, counted().make)).toBe('answer 1');
});

test('when it is full, the longest unused goes first', async () => {
  const cache = inProcessCache({ maxLength: 20 });
  const things = { a: counted('a'), b: counted('b'), c: counted('c') };
  const ask = (key: 'a' | 'b' | 'c') =>
    cache.remember(key, 1000, async () => (await things[key].make()).padEnd(7));
  await ask('a');
  await ask('b');
  await ask('a');
  await ask('c');
  await ask('a');
  await ask('b');
  expect([things.a.made.times, things.b.made.times, things.c.made.times]).toEqual([1, 2, 1]);
});
