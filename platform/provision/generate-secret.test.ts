import { generateSecret } from './generate-secret.ts';

describe('a generated secret', () => {
  const generate = () => generateSecret({ length: 8, template: '{"username":"a"}', key: 'password' });
  const passwordOf = (secret: string) => (JSON.parse(secret) as { password: string }).password;

  it('is inserted into its template, with the given length', () => {
    expect(JSON.parse(generate())).toEqual({
      username: 'a',
      password: expect.stringMatching(/^[\da-zA-Z]{8}$/),
    });
  });
  it('has every kind of character', () => {
    for (let times = 0; times < 50; times += 1)
      for (const kind of [/[a-z]/, /[A-Z]/, /\d/]) expect(passwordOf(generate())).toMatch(kind);
  });
  it('differs each time', () => {
    expect(generate()).not.toBe(generate());
  });
});
