import { eventually } from '#shared/testing/eventually.ts';
import { sourcesUnderTest } from './fixtures/sources-under-test.ts';

const { pool, aRecorder, aQueue, aMapping, start, send, left } = await sourcesUnderTest();

describe('a FIFO queue', () => {
  test('keeps the order of each group and runs groups concurrently', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('.fifo');
    for (let n = 0; n < 5; n += 1)
      for (const group of ['a', 'b', 'c']) await send(queue, { group, n, ms: 30 }, group);
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(15));
    for (const group of ['a', 'b', 'c']) {
      const own = recorded().filter((entry) => entry.group === group);
      expect(own.map(({ n, at }) => `${n} ${at}`)).toEqual(
        [0, 1, 2, 3, 4].flatMap((n) => [`${n} start`, `${n} end`]),
      );
    }
    expect(
      recorded()
        .slice(0, 3)
        .map(({ at }) => at),
    ).toEqual(['start', 'start', 'start']);
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('blocks the group behind a failed message, which moves to the dead-letter queue after three receives', async () => {
    const { arn, recorded } = aRecorder('queue');
    const dead = await aQueue('-dead.fifo');
    const queue = await aQueue('.fifo', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
    });
    await send(queue, { n: 1, fail: 'always' }, 'a');
    await send(queue, { n: 2 }, 'a');
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded().some(({ n, at }) => n === 2 && at === 'end')).toBe(true));
    expect(
      recorded()
        .filter(({ n }) => n === 1)
        .map(({ receives }) => receives),
    ).toEqual([1, 2, 3]);
    expect(recorded().at(-2)).toMatchObject({ n: 2, receives: 1 });
    expect(left(dead)).toBe(1);
  });
});

describe('a standard queue', () => {
  test('arrives in batches, and only failed messages arrive again', async () => {
    const { arn, recorded } = aRecorder('queue');
    // Longer than the slowest machine takes for a batch: a message that is handled must not come again by it.
    const queue = await aQueue('', { VisibilityTimeout: '5' });
    for (let n = 0; n < 10; n += 1) await send(queue, { n, ...(n === 3 ? { fail: 'once' } : {}) });
    start({
      queues: [queue],
      mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn, batchSize: 10, windowSeconds: 1 })],
    });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(10));
    const starts = recorded().filter(({ at }) => at === 'start');
    expect(starts).toHaveLength(11);
    expect(starts[0]).toMatchObject({ batch: 10 });
    expect(starts.at(-1)).toMatchObject({ n: 3, receives: 2, batch: 1 });
    await eventually(() => expect(left(queue)).toBe(0));
  });

  test('never exceeds its maximum concurrency', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('', { VisibilityTimeout: '30' });
    for (let n = 0; n < 12; n += 1) await send(queue, { n, ms: 15 });
    start({
      queues: [queue],
      mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn, maximumConcurrency: 2 })],
    });
    await eventually(() => expect(recorded().filter(({ at }) => at === 'end')).toHaveLength(12));
    let running = 0;
    const most = Math.max(...recorded().map(({ at }) => (running += at === 'start' ? 1 : -1)));
    expect(most).toBe(2);
  });

  test('delivers a message again whose host was killed', async () => {
    const { arn, recorded } = aRecorder('queue');
    const queue = await aQueue('');
    await send(queue, { n: 1, hangOnce: true });
    start({ queues: [queue], mappings: [aMapping({ functionArn: arn, sourceArn: queue.arn })] });
    await eventually(() => expect(recorded()).toHaveLength(1));
    pool.kill();
    await eventually(() => expect(recorded().at(-1)).toMatchObject({ at: 'end', n: 1 }));
    expect(recorded()[1]).toMatchObject({ receives: 2 });
  });
});
