import { randomUUID } from 'node:crypto';
import type { Begun, FailureLimit, LimitStore, RequestLimit } from '../limits/limits.ts';

const start = new Date('2026-03-01T12:00:00.000Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const ofRequests: RequestLimit = { name: 'test-requests', limit: 3, windowSeconds: 60 };
const ofFailures: FailureLimit = {
  name: 'test-failures',
  limit: 3,
  windowSeconds: 600,
  firstDelaySeconds: 5,
  maxDelaySeconds: 60,
  resetBySuccess: false,
};
const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** Two stores over the same counts, as two processes have. */
type Stores = () => readonly [LimitStore, LimitStore];

/** What a store of limits guarantees, whatever it is made of. */
export function testLimitStore(stores: Stores): void {
  describe('a limit of requests', () => testRequests(stores));
  describe('a limit of failures', () => testFailures(stores));
  describe('attempts at the same time', () => testConcurrentAttempts(stores));
}

function testRequests(stores: Stores): void {
  const each = (index: number) => stores()[index % 2]!;
  const take = (partition: string, at = start, limit = ofRequests) => stores()[0].take(limit, partition, at);

  test('allows as many requests as it says, and says what remains and until when', async () => {
    const partition = randomUUID();
    expect(await take(partition)).toEqual({ allowed: true, remaining: 2, resetSeconds: 60 });
    expect(await take(partition, later(20.5))).toEqual({ allowed: true, remaining: 1, resetSeconds: 40 });
    expect(await take(partition, later(59))).toEqual({ allowed: true, remaining: 0, resetSeconds: 1 });
    expect(await take(partition, later(59.999))).toEqual({ allowed: false, remaining: 0, resetSeconds: 1 });
  });

  test('starts again when its window has ended, however many requests it has refused', async () => {
    const partition = randomUUID();
    await times(10, () => take(partition));
    expect(await take(partition, later(60))).toEqual({ allowed: true, remaining: 2, resetSeconds: 60 });
  });

  test('is exact when many requests arrive at once in two processes', async () => {
    const limit = { ...ofRequests, limit: 37 };
    const partition = randomUUID();
    const taken = await times(120, (index) => each(index).take(limit, partition, start));
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(37);
    const remaining = taken.filter(({ allowed }) => allowed).map((each) => each.remaining);
    expect(remaining.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 37 }, (_, index) => index));
  });

  test('counts each partition and each limit by itself', async () => {
    const partition = randomUUID();
    await times(4, () => take(partition));
    expect((await take(randomUUID())).allowed).toBe(true);
    expect((await take(partition, start, { ...ofRequests, name: 'test-others' })).allowed).toBe(true);
    expect((await take(partition)).allowed).toBe(false);
  });
}

/** Begins and ends attempts. */
function attemptsAt(stores: Stores) {
  const begin = (partition: string, at = start, limit = ofFailures) =>
    stores()[0].begin(limit, partition, at);
  const end = async (begun: Begun, ...result: Parameters<Extract<Begun, { kind: 'begun' }>['end']>) => {
    if (begun.kind !== 'begun') throw new Error(`the attempt is ${begun.kind}`);
    await begun.end(...result);
  };
  const fail = async (partition: string, at = start, limit = ofFailures) =>
    end(await begin(partition, at, limit), 'failed', at);
  const failures = async (count: number, partition: string, at = start, limit = ofFailures) => {
    for (let failure = 0; failure < count; failure += 1) await fail(partition, at, limit);
  };

  return { begin, end, fail, failures };
}

function testFailures(stores: Stores): void {
  const { begin, end, fail, failures } = attemptsAt(stores);
  test('counts no attempt that succeeds or could not be made', async () => {
    const partition = randomUUID();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await end(await begin(partition), 'succeeded', start);
      await end(await begin(partition), 'unknown', start);
    }
    await failures(2, partition);
    expect((await begin(partition)).kind).toBe('begun');
  });

  test('blocks after its last free failure, and twice as long after each further one', async () => {
    const partition = randomUUID();
    await failures(3, partition);
    const delays: number[] = [];
    let at = start;
    for (let failure = 0; failure < 6; failure += 1) {
      const begun = await begin(partition, at);
      if (begun.kind !== 'blocked') throw new Error(`the partition is ${begun.kind}`);
      delays.push(begun.seconds);
      at = new Date(at.getTime() + begun.seconds * 1000);
      await fail(partition, at);
    }
    expect(delays).toEqual([5, 10, 20, 40, 60, 60]);
  });

  test('forgets failures when a window has passed without one', async () => {
    const partition = randomUUID();
    await failures(2, partition);
    await fail(partition, later(599));
    expect((await begin(partition, later(599))).kind).toBe('blocked');
    await failures(2, partition, later(599 + 600));
    expect((await begin(partition, later(599 + 600))).kind).toBe('begun');
  });

  test('ends its count at a success only where it says so', async () => {
    for (const resetBySuccess of [true, false]) {
      const limit = { ...ofFailures, resetBySuccess };
      const partition = randomUUID();
      await failures(2, partition, start, limit);
      await end(await begin(partition, start, limit), 'succeeded', start);
      await fail(partition, start, limit);
      expect((await begin(partition, start, limit)).kind).toBe(resetBySuccess ? 'begun' : 'blocked');
    }
  });
}

function testConcurrentAttempts(stores: Stores): void {
  const each = (index: number) => stores()[index % 2]!;
  const { begin, failures } = attemptsAt(stores);
  test('counts attempts that run: as many begin at once as failures are free', async () => {
    const partition = randomUUID();
    const limit = { ...ofFailures, limit: 20 };
    const begun = await times(100, (index) => each(index).begin(limit, partition, start));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(20);
    expect(begun.filter(({ kind }) => kind === 'busy')).toHaveLength(80);
    await Promise.all(begun.map((one) => (one.kind === 'begun' ? one.end('succeeded', start) : undefined)));
    expect((await begin(partition, start, limit)).kind).toBe('begun');
  });

  test('admits an attempt whose clock is behind that of the one before', async () => {
    const partition = randomUUID();
    await begin(partition, later(0.05));
    expect((await begin(partition, start)).kind).toBe('begun');
  });

  test('is exact when guesses arrive at once in two processes', async () => {
    const partition = randomUUID();
    const limit = { ...ofFailures, limit: 20 };
    const results = await times(100, async (index) => {
      const begun = await each(index).begin(limit, partition, start);
      if (begun.kind === 'begun') await begun.end('failed', start);
      return begun.kind;
    });
    expect(results.filter((kind) => kind === 'begun')).toHaveLength(20);
    expect(await begin(partition, start, limit)).toEqual({ kind: 'blocked', seconds: 5 });
  });

  test('lets one attempt run at a time after its free failures', async () => {
    const partition = randomUUID();
    await failures(3, partition);
    const begun = await times(10, (index) => each(index).begin(ofFailures, partition, later(5)));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(begun.filter(({ kind }) => kind === 'busy')).toHaveLength(9);
  });

  test('frees the places of attempts that did not end', async () => {
    const partition = randomUUID();
    await times(3, () => begin(partition));
    expect((await begin(partition, later(29.999))).kind).toBe('busy');
    expect((await begin(partition, later(30))).kind).toBe('begun');
  });
}
