import { excessOf, maxFailures } from './sign-in-limit.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const windowEndsAt = new Date('2026-03-01T00:10:00.400Z');

describe('an attempt beyond the limit', () => {
  test('waits while others are being checked, which may be right', () => {
    expect(excessOf({ failures: maxFailures - 1, pending: 1, windowEndsAt }, now)).toEqual({ kind: 'wait' });
  });

  test('is refused for the rest of the window after ten wrong passwords, in whole seconds', () => {
    expect(excessOf({ failures: maxFailures, pending: 0, windowEndsAt }, now)).toEqual({
      kind: 'refuse',
      seconds: 601,
    });
  });

  test('never waits for zero seconds', () => {
    expect(excessOf({ failures: maxFailures, pending: 0, windowEndsAt: now }, now)).toEqual({
      kind: 'refuse',
      seconds: 1,
    });
  });
});
