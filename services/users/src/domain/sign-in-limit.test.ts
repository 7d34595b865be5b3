import { maxAttempts, waitSeconds } from './sign-in-limit.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const windowEndsAt = new Date('2026-03-01T00:10:00.400Z');

describe('the limit of tries', () => {
  test('allows the tenth attempt', () => {
    expect(waitSeconds({ attempts: maxAttempts, windowEndsAt }, now)).toBeUndefined();
  });

  test('makes the eleventh attempt wait for the rest of the window, in whole seconds', () => {
    expect(waitSeconds({ attempts: maxAttempts + 1, windowEndsAt }, now)).toBe(601);
  });

  test('never returns zero seconds', () => {
    expect(waitSeconds({ attempts: maxAttempts + 1, windowEndsAt: now }, now)).toBe(1);
  });
});
