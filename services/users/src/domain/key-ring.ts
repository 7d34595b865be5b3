import type { JWK } from 'jose';

/** A public key, and since when it signs no more. */
export type PublicKey = { jwk: JWK & { kid: string }; retiredAt?: string };

/** The keys by which access tokens are verified: the one that signs now, and those before it. */
export type KeyRing = { keys: PublicKey[] };

/**
 * A retired key stays this long: an issuing process may use it for another five minutes (the cache of secrets), its
 * tokens live 15 minutes more; the rest is room for clocks.
 */
export const keepRetiredMs = 60 * 60 * 1000;

/**
 * Puts a new key into the ring: those before it retire, those retired long enough leave.
 * With `revokeOthers` nothing but the new key remains, which ends every access token: for a key that leaked.
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
