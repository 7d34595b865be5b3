import { noticeLine } from './notices.ts';
import { atMost, settled, stopList } from './stops.ts';

describe("a function's line for the console", () => {
  test.each([
    [
      '{"level":"ERROR","message":"no stock","error":{"name":"Conflict","message":"sold out"}}',
      'f: no stock — Conflict: sold out',
    ],
    ['{"message":"Invoke Error","errorMessage":"boom"}', 'f: Invoke Error — boom'],
    ['{"message":"slow"}', 'f: slow'],
    ['plain', 'f: plain'],
    ['[1]', 'f: [1]'],
  ])('%s is told as %s', (line, told) => {
    expect(noticeLine({ name: 'f', line })).toBe(told);
  });
});

describe('stopping', () => {
  test('goes phase by phase, whatever was started first, and past a failure', async () => {
    const order: string[] = [];
    const errors: unknown[] = [];
    const stops = stopList((error) => errors.push(error));
    stops.add('engines', () => order.push('engine'));
    stops.add('endpoints', async () => {
      await Promise.resolve();
      order.push('endpoint');
    });
    stops.add('functions', () => {
      throw new Error('stuck');
    });
    stops.add('entrances', () => order.push('entrance'));
    await Promise.all([stops.run(), stops.run()]);
    expect(order).toEqual(['entrance', 'endpoint', 'engine']);
    expect(errors).toEqual([new Error('stuck')]);
  });

  test('waits at most the time given', async () => {
    await expect(atMost(1, new Promise(() => {}))).resolves.toBeUndefined();
    await expect(atMost(60_000, Promise.resolve())).resolves.toBeUndefined();
  });

  test('begins only when every part of a failed start is over', async () => {
    let over = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      over = true;
    });
    await expect(settled([Promise.reject(new Error('no port')), slow])).rejects.toThrow('no port');
    expect(over).toBe(true);
  });
});
