import { generateSecret } from './generate-secret.ts';

describe('a generated secret', () => {
  it('has the given length and every kind of character', () => {
    const secret = generateSecret({ length: 32 });
    expect(secret).toHaveLength(32);
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^\w]/]) expect(secret).toMatch(kind);
  });
  it('has no excluded character', () => {
    const secrets = Array.from({ length: 50 }, () =>
      generateSecret({ length: 40, excludePunctuation: true, excludeCharacters: 'abcABC012' }),
    );
    for (const secret of secrets) expect(secret).toMatch(/^[d-zD-Z3-9]{40}$/);
  });
  it('is inserted into a template', () => {
    const secret = generateSecret({ length: 8, template: '{"username":"a"}', key: 'password' });
    expect(JSON.parse(secret)).toEqual({ username: 'a', password: expect.stringMatching(/^.{8}$/) });
  });
  it('differs each time', () => {
    expect(generateSecret({ length: 32 })).not.toBe(generateSecret({ length: 32 }));
  });
});
