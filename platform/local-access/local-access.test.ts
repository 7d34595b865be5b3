import { foreignRequest, hasSecret, newControlSecret, withSecret } from './local-access.ts';

const isRefused = (host: string | undefined, origin: string | undefined, pages: 'own' | 'any') =>
  foreignRequest(
    { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) },
    pages,
  ) !== undefined;

describe('a request to a local port', () => {
  test.each(['127.0.0.1', '127.0.0.1:3001', 'localhost:3001', 'LOCALHOST:3001'])(
    'passes with the host %s',
    (host) => {
      expect(isRefused(host, undefined, 'own')).toBe(false);
      expect(isRefused(host, `http://${host}`, 'own')).toBe(false);
    },
  );

  test.each([
    undefined,
    '',
    'evil.example:3001',
    '127.0.0.1.evil.example',
    'localhost.evil.example:3001',
    'evil.example#127.0.0.1',
    '127.0.0.1:3001:3001',
    '0.0.0.0:3001',
    '[::ffff:127.0.0.1]:3001',
    '127.0.0.1:3001\n',
  ])('is refused with the host %j, also without an origin', (host) => {
    expect(isRefused(host, undefined, 'own')).toBe(true);
    expect(isRefused(host, undefined, 'any')).toBe(true);
  });

  test.each([
    'https://evil.example',
    'http://127.0.0.1:8080',
    'http://localhost:3001',
    'https://127.0.0.1:3001',
    'null',
    '',
  ])('is refused from a page of %j, unless the port is for every page', (origin) => {
    expect(isRefused('127.0.0.1:3001', origin, 'own')).toBe(true);
    expect(isRefused('127.0.0.1:3001', origin, 'any')).toBe(false);
  });
});

describe('the secret of a start', () => {
  const secret = newControlSecret();

  test('differs between starts and cannot be guessed', () => {
    expect(newControlSecret()).not.toBe(secret);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  test('is presented as a bearer token', () => {
    expect(hasSecret(withSecret(secret), secret)).toBe(true);
    for (const authorization of [
      undefined,
      '',
      'Bearer ',
      `Bearer ${secret} `,
      secret,
      `Bearer ${newControlSecret()}`,
    ])
      expect(hasSecret(authorization === undefined ? {} : { authorization }, secret)).toBe(false);
  });
});
