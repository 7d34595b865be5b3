import type { JWK } from 'jose';

/** A public key, and from when on it signs. */
export type PublicKey = { jwk: JWK & { kid: string }; signsFrom: string };

/** The keys that verify access tokens, the newest first. */
export type KeyRing = { keys: PublicKey[] };

/** A private key, and from when on it signs. */
export type SigningKey = { kid: string; privateKey: JWK; signsFrom: string };

/** The private keys, the newest first: one that will sign, if there is one, and the one that signs. */
export type SigningKeys = { keys: SigningKey[] };

/** How long clients may cache the key set. */
export const keySetMaxAgeMs = 5 * 60 * 1000;

/**
 * How long a key is published before it signs: a client that cached the key set before must not meet a token that the
 * set cannot verify. The functions that return it and verify with it cache it for five minutes, clients and proxies for
 * `keySetMaxAgeMs` each; the rest covers clock differences and clients that cache for longer than they may.
 */
export const publishAheadMs = 60 * 60 * 1000;

/** How long a retired key verifies: its tokens are valid for 15 minutes, and the rest covers clock differences. */
export const keepRetiredMs = 60 * 60 * 1000;

/** The key that signs: the newest whose time has come. */
export const signingAt = ({ keys }: SigningKeys, now: Date): SigningKey | undefined =>
  keys.find(({ signsFrom }) => Date.parse(signsFrom) <= now.getTime());

/** The key that is published and does not sign yet. */
export const pendingAt = ({ keys }: SigningKeys, now: Date): SigningKey | undefined =>
  keys.find(({ signsFrom }) => Date.parse(signsFrom) > now.getTime());

/** When a new key signs: after it was published for long enough; at once if it is the first, or all others are revoked. */
export const startOfNewKey = (keys: SigningKeys, now: Date, { revokeOthers = false } = {}): Date =>
  revokeOthers || signingAt(keys, now) === undefined ? now : new Date(now.getTime() + publishAheadMs);

/**
 * Adds a new key:
 *
 *     published ──publishAheadMs──▶ signs ──the next key signs──▶ retired ──keepRetiredMs, at a rotation──▶ removed
 *         └────────────── first key, or all others revoked ───▶ signs
 *
 * `signing` are the ids of the keys that may still sign, which are never removed. With `revokeOthers` only the new key
 * remains, which ends every access token: for a key that leaked.
 */
export function addKey(
  ring: KeyRing,
  key: PublicKey,
  signing: ReadonlySet<string>,
  now: Date,
  { revokeOthers = false } = {},
): KeyRing {
  if (revokeOthers) return { keys: [key] };
  const all = [key, ...ring.keys];
  const verifies = ({ jwk }: PublicKey, index: number) => {
    const retiredAt = all[index - 1]?.signsFrom;
    return (
      retiredAt === undefined || signing.has(jwk.kid) || now.getTime() - Date.parse(retiredAt) < keepRetiredMs
    );
  };
  return { keys: all.filter(verifies) };
}
