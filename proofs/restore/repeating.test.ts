import { repeating } from './repeating.ts';

describe('the failure of a background task', () => {
  const failed = async () => {
    const started = Date.now();
    const task = repeating(1, () => Promise.reject(new Error('first')));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { task, started };
  };
  test('is thrown when it occurred before the loss', async () => {
    const { task } = await failed();
    await expect(task.stop(Date.now() + 1)).rejects.toThrow('first');
  });
  test('is expected after the loss', async () => {
    const { task, started } = await failed();
    await expect(task.stop(started)).resolves.toBeUndefined();
  });
});

test('a task repeats until it is stopped', async () => {
  let count = 0;
  const task = repeating(1, async () => {
    count += 1;
  });
  while (count < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await task.stop(Date.now());
  const before = count;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(count).toBe(before);
});
