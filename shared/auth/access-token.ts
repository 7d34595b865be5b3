import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { JOSEError, JWKSNoMatchingKey } from 'jose/errors';

/** Access tokens: ES256 JWTs (RFC 7519), valid for 15 minutes. */
export const accessToken = {
  algorithm: 'ES256',
  lifetimeSeconds: 15 * 60,
  issuer: 'shop',
  audience: 'shop-api',
};

/** Whom a token was issued to: an account in one of its sessions. What it may do is read for each request. */
export type TokenHolder = { userId: string; sessionId: string };

/** The result of verifying a token: its holder, a refusal, or a key id that this process does not know (rotation). */
export type Verification =
  | { kind: 'valid'; holder: TokenHolder; expiresAt: Date }
  | { kind: 'invalid'; reason: string }
  | { kind: 'unknown-key' };

/** Imported keys by key set: importing a key costs more than a verification. */
const keySets = new WeakMap<JSONWebKeySet, ReturnType<typeof createLocalJWKSet>>();

function keySetOf(keys: JSONWebKeySet): ReturnType<typeof createLocalJWKSet> {
  const imported = keySets.get(keys) ?? createLocalJWKSet(keys);
  keySets.set(keys, imported);
  return imported;
}

/** Checks signature, algorithm, issuer, audience and expiry against the public keys. */
export async function verifyAccessToken(
  token: string,
  keys: JSONWebKeySet,
  now: Date,
): Promise<Verification> {
  try {
    const { payload } = await jwtVerify(token, keySetOf(keys), {
      algorithms: [accessToken.algorithm],
      issuer: accessToken.issuer,
      audience: accessToken.audience,
      currentDate: now,
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    const holder = {
      userId: payload.sub ?? '',
      sessionId: String(payload['sid']),
    };
    return { kind: 'valid', holder, expiresAt: new Date((payload.exp ?? 0) * 1000) };
  } catch (error) {
    if (error instanceof JWKSNoMatchingKey) return { kind: 'unknown-key' };
    if (error instanceof JOSEError) return { kind: 'invalid', reason: error.code };
    throw error;
  }
}
