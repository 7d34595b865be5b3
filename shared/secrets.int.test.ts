import { jest } from '@jest/globals';
import { readSecret, writeSecret } from './secrets.ts';
import { aSecret } from './testing/secrets.ts';

const minuteMs = 60_000;

beforeEach(() => {
  // Only the date: sockets and timers stay real.
  jest.useFakeTimers({ now: Date.now(), advanceTimers: true, doNotFake: everythingButDate });
});
afterEach(() => {
  jest.useRealTimers();
});
const everythingButDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

/** Changes a secret as a rotation in another process does. */
async function rotate(id: string, value: string): Promise<void> {
  const { PutSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({});
  await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  client.destroy();
}

test('a secret is cached for five minutes and then read again', async () => {
  const id = await aSecret('old');
  expect(await readSecret(id)).toBe('old');
  await rotate(id, 'new');
  jest.setSystemTime(Date.now() + 4 * minuteMs);
  expect(await readSecret(id)).toBe('old');
  jest.setSystemTime(Date.now() + 1.1 * minuteMs);
  expect(await readSecret(id)).toBe('new');
});

test('a fresh read returns the current value at once, for later reads too', async () => {
  const id = await aSecret('old');
  expect(await readSecret(id)).toBe('old');
  await rotate(id, 'new');
  expect(await readSecret(id, { fresh: true })).toBe('new');
  expect(await readSecret(id)).toBe('new');
});

test('a value that this process writes is read at once', async () => {
  const id = await aSecret('old');
  expect(await readSecret(id)).toBe('old');
  await writeSecret(id, 'new');
  expect(await readSecret(id)).toBe('new');
});
