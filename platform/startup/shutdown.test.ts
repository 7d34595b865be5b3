import { allSettled, createShutdown, waitAtMost } from './shutdown.ts';

describe('shutdown', () => {
  test('stops phase by phase in any order of registration, also after a failure', async () => {
    const order: string[] = [];
    const errors: unknown[] = [];
    const shutdown = createShutdown((error) => errors.push(error));
    shutdown.add('engines', () => order.push('engine'));
    shutdown.add('endpoints', async () => {
      await Promise.resolve();
      order.push('endpoint');
    });
    shutdown.add('functions', () => {
      throw new Error('stuck');
    });
    shutdown.add('inbound', () => order.push('gateway'));
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(order).toEqual(['gateway', 'endpoint', 'engine']);
    expect(errors).toEqual([new Error('stuck')]);
  });

  test('waits at most the given time', async () => {
    const started = performance.now();
    await waitAtMost(1, new Promise(() => {}));
    await waitAtMost(60_000, Promise.resolve());
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('begins only when every part of a failed start has settled', async () => {
    let completed = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      completed = true;
    });
    await expect(allSettled([Promise.reject(new Error('no port')), slow])).rejects.toThrow('no port');
    expect(completed).toBe(true);
  });
});
