import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import { Unavailable } from '#shared/errors.ts';
import { readSecret } from '#shared/secrets.ts';

/** The signing key, as stored in its secret. */
export type SigningKey = { kid: string; privateKey: JWK };

/** Signs an access token for a session of an account. */
export type IssueAccessToken = (userId: string, sessionId: string, now: Date) => Promise<string>;

/** Signs with the current key of the secret. @throws Unavailable before the first key exists */
export function tokenIssuer(secretId: string, read = readSecret): IssueAccessToken {
  let imported: { text: string; kid: string; key: CryptoKey } | undefined;

  const currentKey = async () => {
    const text = await read(secretId);
    if (text === undefined) throw new Unavailable('Signing in is not set up yet.', { retryAfterSeconds: 5 });
    if (imported?.text !== text) {
      const { kid, privateKey } = JSON.parse(text) as SigningKey;
      imported = { text, kid, key: (await importJWK(privateKey, accessToken.algorithm)) as CryptoKey };
    }
    return imported;
  };

  return async (userId, sessionId, now) => {
    const { kid, key } = await currentKey();
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
