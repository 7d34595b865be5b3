import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import type { Database } from '#shared/postgres/database.ts';
import { readSecret, writeSecret } from '#shared/secrets.ts';
import { addKey, type KeyRing, type PublicKey } from '../domain/key-ring.ts';
import type { SigningKey } from './token-issuer.ts';

/** The secrets with the keys: two, so that a function that verifies cannot sign. */
export type KeySecrets = { signingKeysId: string; publicKeysId: string };

/** The result of a rotation: the id of the signing key, and of all keys that verify. */
export type Rotation = { created: boolean; keyId: string; verifying: string[] };

/** Any number that only rotations of this product use. */
const advisoryLock = 5_734_202;

/**
 * Creates a new signing key. The public key is written first, so that no token is signed that cannot be verified. A
 * lock allows one rotation at a time, since two could write the two secrets in different orders.
 */
export function rotateKeys(
  database: Database,
  { signingKeysId, publicKeysId }: KeySecrets,
  now: Date,
  { onlyIfMissing, revokeOthers }: { onlyIfMissing: boolean; revokeOthers: boolean },
): Promise<Rotation> {
  return database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    const ring = await currentRing(publicKeysId);
    const current = ring.keys.find(({ retiredAt }) => retiredAt === undefined);
    if (onlyIfMissing && current !== undefined && (await readSecret(signingKeysId, { fresh: true })))
      return { created: false, keyId: current.jwk.kid, verifying: kidsOf(ring) };
    const { signingKey, publicJwk } = await newKeyPair();
    const next = addKey(ring, publicJwk, now, { revokeOthers });
    await writeSecret(publicKeysId, JSON.stringify(next));
    await writeSecret(signingKeysId, JSON.stringify(signingKey));
    return { created: true, keyId: signingKey.kid, verifying: kidsOf(next) };
  });
}

const kidsOf = (ring: KeyRing): string[] => ring.keys.map(({ jwk }) => jwk.kid);

async function currentRing(publicKeysId: string): Promise<KeyRing> {
  const text = await readSecret(publicKeysId, { fresh: true });
  return text === undefined ? { keys: [] } : (JSON.parse(text) as KeyRing);
}

/** Its id is its thumbprint (RFC 7638), so that no id is used twice. */
async function newKeyPair(): Promise<{ signingKey: SigningKey; publicJwk: PublicKey['jwk'] }> {
  const { privateKey, publicKey } = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    signingKey: { kid, privateKey: await exportJWK(privateKey) },
    publicJwk: { ...jwk, kid, alg: accessToken.algorithm, use: 'sig' },
  };
}
