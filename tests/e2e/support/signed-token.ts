import { join } from 'node:path';
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import { SecretStore } from '../../../platform/provision/secret-store.ts';
import { accessToken } from '../../../shared/auth/access-token.ts';
import { setting } from './shop.ts';

/** The shop's signing key, which a test can read on the local platform only. */
function signingKey(): { kid: string; privateKey: JWK } {
  const secrets = SecretStore.open(join(setting('E2E_DATA_DIR'), 'secrets.json'));
  const { keys } = JSON.parse(secrets.value('shop/local/jwt/signing-keys')) as {
    keys: { kid: string; privateKey: JWK; signsFrom: string }[];
  };
  const signing = keys.find(({ signsFrom }) => Date.parse(signsFrom) <= Date.now());
  if (signing === undefined) throw new Error('no key signs');
  return signing;
}

/** A token for the account and session of another one, signed by the shop's key, or under its name by another. */
export async function tokenLike(
  token: string | undefined,
  { expiresInSeconds, privateKey }: { expiresInSeconds: number; privateKey?: JWK },
): Promise<string> {
  const key = signingKey();
  const session = decodeJwt(token ?? '');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sid: session['sid'] })
    .setProtectedHeader({ alg: accessToken.algorithm, kid: key.kid, typ: 'at+jwt' })
    .setSubject(session.sub ?? '')
    .setIssuer(accessToken.issuer)
    .setAudience(accessToken.audience)
    .setIssuedAt(now - accessToken.lifetimeSeconds)
    .setExpirationTime(now + expiresInSeconds)
    .sign(await importJWK(privateKey ?? key.privateKey, accessToken.algorithm));
}
