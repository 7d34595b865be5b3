import { hashPassword, passwordMatches } from './password-hash.ts';

describe('a password', () => {
  test('matches its hash, and no other does', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(await passwordMatches('correct horse battery', hash)).toBe(true);
    expect(await passwordMatches('correct horse batterz', hash)).toBe(false);
  });

  test('has another hash each time', async () => {
    expect(await hashPassword('correct horse battery')).not.toBe(await hashPassword('correct horse battery'));
  });

  test('never matches for an unknown account', async () => {
    expect(await passwordMatches('correct horse battery', undefined)).toBe(false);
  });

  test('has the cost that OWASP recommends, with salt and hash', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  test('cannot be compared with something that is no hash', async () => {
    await expect(passwordMatches('x', 'plain')).rejects.toThrow('not an argon2id PHC string');
  });
});
