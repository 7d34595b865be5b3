import { nextRunOf } from './aws-schedule.ts';

const createdAt = new Date('2026-11-20T10:00:30Z');
const next = (expression: string, after: string) =>
  nextRunOf(expression, createdAt)(new Date(after))?.toISOString().slice(0, 16);

describe('a schedule expression', () => {
  test.each([
    // expression, after, next: the examples of EventBridge's own page
    ['cron(0 8 * * ? *)', '2026-11-20T07:59:59Z', '2026-11-20T08:00'],
    ['cron(0 8 * * ? *)', '2026-11-20T08:00:00Z', '2026-11-21T08:00'],
    ['cron(0 10 * * ? *)', '2026-12-31T10:00:00Z', '2027-01-01T10:00'],
    ['cron(15 12 * * ? *)', '2026-11-20T12:00:00Z', '2026-11-20T12:15'],
    ['cron(0 18 ? * MON-FRI *)', '2026-11-20T18:00:00Z', '2026-11-23T18:00'],
    ['cron(0 8 1 * ? *)', '2026-11-20T00:00:00Z', '2026-12-01T08:00'],
    ['cron(0/10 * ? * MON-FRI *)', '2026-11-20T00:01:00Z', '2026-11-20T00:10'],
    ['cron(0/5 8-17 ? * MON-FRI *)', '2026-11-20T17:56:00Z', '2026-11-23T08:00'],
    ['cron(30 6 1 1 ? 2028)', '2026-11-20T00:00:00Z', '2028-01-01T06:30'],
    ['cron(0 0 1 JAN,JUL ? *)', '2026-11-20T00:00:00Z', '2027-01-01T00:00'],
    ['rate(5 minutes)', '2026-11-20T10:00:30Z', '2026-11-20T10:05'],
    ['rate(5 minutes)', '2026-11-20T10:07:00Z', '2026-11-20T10:10'],
    ['rate(1 day)', '2026-11-20T10:00:31Z', '2026-11-21T10:00'],
  ])('%s after %s is due at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test('of a past year is never due', () => {
    expect(next('cron(0 0 1 1 ? 2020)', '2026-11-20T00:00:00Z')).toBeUndefined();
  });

  test.each([
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(0 8 * * ?)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'every day',
    'cron(0 0 ? * 8 *)',
    'cron(0 18 ? * 2-6 *)',
    'cron(0 9 ? * MON#1 *)',
    'cron(0 0 L * ? *)',
    'cron(0 0 15W * ? *)',
  ])('%s is refused', (expression) => {
    expect(() => nextRunOf(expression, createdAt)).toThrow();
  });
});
