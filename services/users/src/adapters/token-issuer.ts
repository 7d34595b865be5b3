import { type CryptoKey, importJWK, SignJWT } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import { Unavailable } from '#shared/errors.ts';
import { readSecret } from '#shared/secrets.ts';
import { type SigningKeys, signingAt } from '../domain/key-ring.ts';

/** Signs an access token for a session of an account. */
export type IssueAccessToken = (userId: string, sessionId: string, now: Date) => Promise<string>;

/** Signs with the key whose time it is. @throws Unavailable before the first key exists */
export function tokenIssuer(secretId: string, read = readSecret): IssueAccessToken {
  let imported: { kid: string; key: CryptoKey } | undefined;

  const currentKey = async (now: Date) => {
    const text = await read(secretId);
    const signing = text === undefined ? undefined : signingAt(JSON.parse(text) as SigningKeys, now);
    if (signing === undefined)
      throw new Unavailable('Signing in is not set up yet.', { retryAfterSeconds: 5 });
    if (imported?.kid !== signing.kid)
      imported = {
        kid: signing.kid,
        key: (await importJWK(signing.privateKey, accessToken.algorithm)) as CryptoKey,
      };
    return imported;
  };

  return async (userId, sessionId, now) => {
    const { kid, key } = await currentKey(now);
    const issuedAt = Math.floor(now.getTime() / 1000);
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: accessToken.algorithm, kid, typ: 'at+jwt' })
      .setSubject(userId)
      .setIssuer(accessToken.issuer)
      .setAudience(accessToken.audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessToken.lifetimeSeconds)
      .sign(key);
  };
}
