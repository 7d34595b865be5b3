import { noteFailures } from './failures.ts';

describe('a failure', () => {
  const failed = () => {
    let now = 1_000;
    const failures = noteFailures(() => now);
    failures.note(new Error('first'));
    now = 500;
    failures.note(new Error('second'));
    return failures;
  };
  test('before the loss is told, the first of them', () => {
    expect(() => failed().throwBefore(1_001)).toThrow('first');
  });
  test('since the loss is no surprise', () => {
    expect(() => failed().throwBefore(1_000)).not.toThrow();
  });
});
