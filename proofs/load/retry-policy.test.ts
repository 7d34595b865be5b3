import { isRetryable, pauseMs } from './retry-policy.ts';

const response = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});

describe('a client', () => {
  test.each([500, 502, 503, 504, 429])('retries after %i', (status) => {
    expect(isRetryable(response(status))).toBe(true);
  });

  test.each([200, 201, 400, 401, 403, 404, 409, 422])('does not retry after %i', (status) => {
    expect(isRetryable(response(status))).toBe(false);
  });

  test('retries while its previous request is in progress', () => {
    expect(isRetryable(response(409, { 'Retry-After': '1' }))).toBe(true);
  });

  test('waits longer after each attempt, up to four seconds', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempts) => pauseMs(attempts, 0.999))).toEqual(
      [250, 500, 1000, 2000, 4000, 4000].map((ms) => expect.closeTo(ms, -1)),
    );
    expect(pauseMs(1, 0)).toBe(125);
  });
});
