import type { JWK } from 'jose';

/** A public key, and when it stopped signing. */
export type PublicKey = { jwk: JWK & { kid: string }; retiredAt?: string };

/** The keys that verify access tokens: the current signing key and retired ones. */
export type KeyRing = { keys: PublicKey[] };

/**
 * How long a retired key verifies: a process may sign with it for another five minutes (the cache of secrets), its
 * tokens are valid for 15 minutes more, and the rest covers clock differences.
 */
export const keepRetiredMs = 60 * 60 * 1000;

/**
 * Adds a new key: the others retire, and those retired for long enough are removed. With `revokeOthers` only the new
 * key remains, which ends every access token: for a key that leaked.
 */
export function addKey(
  ring: KeyRing,
  jwk: PublicKey['jwk'],
  now: Date,
  { revokeOthers = false } = {},
): KeyRing {
  const others = revokeOthers
    ? []
    : ring.keys
        .map((key) => ({ ...key, retiredAt: key.retiredAt ?? now.toISOString() }))
        .filter(({ retiredAt }) => now.getTime() - Date.parse(retiredAt) < keepRetiredMs);
  return { keys: [{ jwk }, ...others] };
}
