import { limitOverrides, named } from './overrides.ts';

const table = {
  'login-client': { limit: 10, windowSeconds: 60 },
  'login-account': { limit: 5, windowSeconds: 60 },
};
const overridden = (text?: string) => named(table, limitOverrides.parse(text));

describe('overrides of limits', () => {
  test('are none by default', () => {
    expect(overridden()['login-client']).toEqual({ name: 'login-client', limit: 10, windowSeconds: 60 });
  });

  test('replace the figures of the limits that they name; the last one counts', () => {
    const limits = overridden('*-client=1000/30, login-client=7/5');
    expect([limits['login-client'].limit, limits['login-client'].windowSeconds]).toEqual([7, 5]);
    expect(limits['login-account'].limit).toBe(5);
    expect(overridden('login-*=9/9')['login-account'].limit).toBe(9);
  });

  test('of a limit that does not exist are refused', () => {
    expect(() => overridden('logn-client=1/1')).toThrow('no limit is named ^logn-client$');
  });

  test.each([
    'login-client',
    'login-client=0/60',
    'login-client=1/0',
    'login-client=1',
    'LOGIN=1/1',
    'a=1.5/2',
  ])('written as %s are refused', (text) => {
    expect(limitOverrides.safeParse(text).success).toBe(false);
  });
});
