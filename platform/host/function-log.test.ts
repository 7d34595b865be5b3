import { levelOf } from './function-log.ts';

describe('a line that a function printed', () => {
  test.each([
    ['{"level":"ERROR","message":"x"}', false, 'error'],
    ['{"message":"x","level": "critical"}', false, 'error'],
    ['{"level":"WARN","message":"x"}', false, 'warn'],
    ['{"level":"INFO","message":"x"}', true, undefined],
    ['plain text', false, undefined],
    ['plain text', true, 'warn'],
  ])('%s, from stderr: %s, counts as %s', (line, fromStderr, level) => {
    expect(levelOf(line, fromStderr)).toBe(level);
  });
});
