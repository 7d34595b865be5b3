import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import type { Database } from '#shared/postgres/database.ts';
import { readSecret, writeSecret } from '#shared/secrets.ts';
import { addKey, type KeyRing, type PublicKey } from '../domain/key-ring.ts';
import type { SigningKey } from './token-issuer.ts';

/** Where the keys are kept: two secrets, so that who verifies cannot sign. */
export type KeySecrets = { signingKeysId: string; publicKeysId: string };

/** What a rotation did: the id of the key that signs from now on, and of those that still verify. */
export type Rotation = { created: boolean; keyId: string; verifying: string[] };

/** Any number that only rotations of this product use. */
const advisoryLock = 5_734_202;

/**
 * Makes a new signing key. The public one is written first, so that no token comes out that nobody can verify; one
 * rotation at a time, or the last to write one secret need not be the last to write the other.
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

/** Named by its thumbprint (RFC 7638), so that a name is never used twice. */
async function newKeyPair(): Promise<{ signingKey: SigningKey; publicJwk: PublicKey['jwk'] }> {
  const { privateKey, publicKey } = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    signingKey: { kid, privateKey: await exportJWK(privateKey) },
    publicJwk: { ...jwk, kid, alg: accessToken.algorithm, use: 'sig' },
  };
}
