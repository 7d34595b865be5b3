import { withFallback } from './fallback.ts';
import type { AttemptResult, FailureLimit, LimitStore } from './limits.ts';

const limit: FailureLimit = {
  name: 'test',
  limit: 3,
  windowSeconds: 60,
  firstDelaySeconds: 1,
  maxDelaySeconds: 1,
  resetBySuccess: false,
};
const now = new Date();

/** A store that can be made unavailable, and records what it is asked. */
function aStore() {
  const state = { fails: false, calls: [] as string[] };
  const called = (what: string) => {
    if (state.fails) throw new Error('away');
    state.calls.push(what);
  };
  const store: LimitStore = {
    take: async () => {
      called('take');
      return { allowed: true, remaining: 0, resetSeconds: 1 };
    },
    begin: async () => {
      called('begin');
      return { kind: 'begun', end: async (result: AttemptResult) => called(`end ${result}`) };
    },
  };
  return { state, store };
}

function twoStores() {
  const [first, second] = [aStore(), aStore()];
  const failures: unknown[] = [];
  const store = withFallback(first.store, second.store, (error) => failures.push(error));
  return { first: first.state, second: second.state, store, failures };
}

describe('limits with two stores', () => {
  test('are counted in the first', async () => {
    const { first, second, store } = twoStores();
    await store.take(limit, 'a', now);
    const begun = await store.begin(limit, 'a', now);
    if (begun.kind === 'begun') await begun.end('failed', now);
    expect([first.calls, second.calls]).toEqual([['take', 'begin', 'end failed'], []]);
  });

  test('are counted in the second while the first is unavailable, which is asked once and reported', async () => {
    const { first, second, store, failures } = twoStores();
    first.fails = true;
    await store.take(limit, 'a', now);
    first.fails = false;
    const begun = await store.begin(limit, 'a', now);
    if (begun.kind === 'begun') await begun.end('succeeded', now);
    expect([first.calls, second.calls]).toEqual([[], ['take', 'begin', 'end succeeded']]);
    expect(failures).toHaveLength(1);
  });

  test('end an attempt where it began: a result that the first store does not take fails no request', async () => {
    const { first, second, store, failures } = twoStores();
    const begun = await store.begin(limit, 'a', now);
    first.fails = true;
    if (begun.kind === 'begun') await begun.end('failed', now);
    expect([first.calls, second.calls, failures.length]).toEqual([['begin'], [], 1]);
  });
});
