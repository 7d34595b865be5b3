import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import { SecretStore } from '../../platform/provision/secret-store.ts';
import { accessToken } from '../../shared/auth/access-token.ts';
import { everyRoute, pathWith } from './support/routes.ts';
import { admin, setting, visitor } from './support/shop.ts';

/** A token of the admin's session, signed with the shop's key, which a test can read on the local platform only. */
async function aToken(expiresInSeconds: number): Promise<string> {
  const secrets = SecretStore.open(join(setting('E2E_DATA_DIR'), 'secrets.json'));
  const { keys } = JSON.parse(secrets.value('shop/local/jwt/signing-keys')) as {
    keys: { kid: string; privateKey: JWK; signsFrom: string }[];
  };
  const signing = keys.find(({ signsFrom }) => Date.parse(signsFrom) <= Date.now());
  if (signing === undefined) throw new Error('no key signs');
  const { kid, privateKey } = signing;
  const session = decodeJwt((await admin()).token ?? '');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sid: session['sid'] })
    .setProtectedHeader({ alg: accessToken.algorithm, kid, typ: 'at+jwt' })
    .setSubject(session.sub ?? '')
    .setIssuer(accessToken.issuer)
    .setAudience(accessToken.audience)
    .setIssuedAt(now - accessToken.lifetimeSeconds)
    .setExpirationTime(now + expiresInSeconds)
    .sign(await importJWK(privateKey, accessToken.algorithm));
}

const guarded = (await everyRoute()).filter(({ access }) => access !== 'public');

test('a valid token of this form is accepted', async () => {
  const { status } = await visitor().send('GET', '/api/v1/reports', { token: await aToken(60) });
  expect(status).toBe(200);
});

test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s returns 401 for an expired token',
  async (_, route) => {
    const { status, headers, body } = await visitor().send(route.method, pathWith(route, randomUUID()), {
      token: await aToken(-1),
      ...(route.body ? { body: {} } : {}),
    });
    expect([status, body]).toEqual([401, expect.objectContaining({ code: 'UNAUTHENTICATED', status: 401 })]);
    expect(headers.get('content-type')).toContain('application/problem+json');
  },
);

test('a token that expires between two requests is refused by the second', async () => {
  const token = await aToken(2);
  const ask = () => visitor().send('GET', '/api/v1/reports', { token });
  expect((await ask()).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await ask()).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
});
