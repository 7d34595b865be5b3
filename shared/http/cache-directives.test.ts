import { asksForFreshResponse } from './cache-directives.ts';

test.each(['no-cache', 'No-Cache', 'max-age=0, NO-CACHE', ' no-cache '])(
  '%j asks for a fresh response',
  (header) => {
    expect(asksForFreshResponse(header)).toBe(true);
  },
);

test.each([undefined, '', 'max-age=60', 'x-no-cache', 'private="no-cache"'])('%j does not', (header) => {
  expect(asksForFreshResponse(header)).toBe(false);
});
