import { bearerToken } from './bearer-token.ts';

test.each([
  [{ Authorization: 'Bearer a.b-c_d' }, 'a.b-c_d'],
  [{ authorization: 'bearer a.b' }, 'a.b'],
  [{ AUTHORIZATION: 'Bearer   a.b  ' }, 'a.b'],
  [{ authorization: 'Basic a.b' }, ''],
  [{ authorization: 'Bearer a b' }, ''],
  [{ authorization: `Bearer ${'a'.repeat(5000)}` }, ''],
  [{ authorization: undefined }, ''],
  [{}, ''],
])('the token of %j is %j', (headers, token) => {
  expect(bearerToken(headers)).toBe(token);
});
