import { asksAgain, pauseMs } from './timeouts.ts';

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});

describe('a client', () => {
  test.each([500, 502, 503, 504, 429])('asks again after %i', (status) => {
    expect(asksAgain(answer(status))).toBe(true);
  });

  test.each([200, 201, 400, 401, 403, 404, 409, 422])('takes %i for an answer', (status) => {
    expect(asksAgain(answer(status))).toBe(false);
  });

  test('asks again while its former request is still worked on', () => {
    expect(asksAgain(answer(409, { 'Retry-After': '1' }))).toBe(true);
  });

  test('waits longer from try to try, up to four seconds', () => {
    expect([1, 2, 3, 4, 5, 6].map((tries) => pauseMs(tries, 0.999))).toEqual(
      [250, 500, 1000, 2000, 4000, 4000].map((ms) => expect.closeTo(ms, -1)),
    );
    expect(pauseMs(1, 0)).toBe(125);
  });
});
