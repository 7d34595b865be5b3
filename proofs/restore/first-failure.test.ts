import { FirstFailure } from './first-failure.ts';

describe('the first failure', () => {
  const failed = () => {
    let now = 1_000;
    const failure = new FirstFailure(() => now);
    failure.record(new Error('first'));
    now = 500;
    failure.record(new Error('second'));
    return failure;
  };
  test('is thrown when it occurred before the loss', () => {
    expect(() => failed().throwIfBefore(1_001)).toThrow('first');
  });
  test('is expected after the loss', () => {
    expect(() => failed().throwIfBefore(1_000)).not.toThrow();
  });
});
