import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { accessToken } from '#shared/auth/access-token.ts';
import type { Database } from '#shared/postgres/database.ts';
import { readSecret, writeSecret } from '#shared/secrets.ts';
import {
  addKey,
  type KeyRing,
  type PublicKey,
  pendingAt,
  type SigningKeys,
  signingAt,
  startOfNewKey,
} from '../domain/key-ring.ts';

/** The secrets with the keys: two, so that a function that verifies cannot sign. */
export type KeySecrets = { signingKeysId: string; publicKeysId: string };

/** The result of a rotation: the new key or the one that makes it unnecessary, and the ids of all keys that verify. */
export type Rotation = { created: boolean; keyId: string; signsFrom: string; verifying: string[] };

/** Any number that only rotations of this product use. */
const advisoryLock = 5_734_202;

/**
 * Creates a new signing key, which signs once everybody can know it; while one waits for that, no further one is
 * created. The public key is written first, so that no token is signed that cannot be verified. A lock allows one
 * rotation at a time, since two could write the two secrets in different orders.
 */
export function rotateKeys(
  database: Database,
  { signingKeysId, publicKeysId }: KeySecrets,
  now: Date,
  { onlyIfMissing, revokeOthers }: { onlyIfMissing: boolean; revokeOthers: boolean },
): Promise<Rotation> {
  return database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    const ring = await stored<KeyRing>(publicKeysId);
    const signing = await stored<SigningKeys>(signingKeysId);
    const current = signingAt(signing, now);
    const existing = onlyIfMissing ? current : revokeOthers ? undefined : pendingAt(signing, now);
    if (existing !== undefined && kidsOf(ring).includes(existing.kid))
      return { created: false, keyId: existing.kid, signsFrom: existing.signsFrom, verifying: kidsOf(ring) };
    const signsFrom = startOfNewKey(signing, now, { revokeOthers }).toISOString();
    const { privateKey, jwk } = await newKeyPair();
    const kept = current === undefined || revokeOthers ? [] : [current];
    const next = addKey(ring, { jwk, signsFrom }, new Set(kept.map(({ kid }) => kid)), now, { revokeOthers });
    const keys = [{ kid: jwk.kid, privateKey, signsFrom }, ...kept];
    await writeSecret(publicKeysId, JSON.stringify(next));
    await writeSecret(signingKeysId, JSON.stringify({ keys }));
    return { created: true, keyId: jwk.kid, signsFrom, verifying: kidsOf(next) };
  });
}

const kidsOf = (ring: KeyRing): string[] => ring.keys.map(({ jwk }) => jwk.kid);

/** The keys in a secret; none before the first rotation. */
async function stored<Keys extends KeyRing | SigningKeys>(secretId: string): Promise<Keys> {
  const text = await readSecret(secretId, { fresh: true });
  return (text === undefined ? { keys: [] } : JSON.parse(text)) as Keys;
}

/** Its id is its thumbprint (RFC 7638), so that no id is used twice. */
async function newKeyPair(): Promise<{ privateKey: JWK; jwk: PublicKey['jwk'] }> {
  const pair = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    privateKey: await exportJWK(pair.privateKey),
    jwk: { ...jwk, kid, alg: accessToken.algorithm, use: 'sig' },
  };
}
