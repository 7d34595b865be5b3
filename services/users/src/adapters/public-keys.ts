import type { JSONWebKeySet } from 'jose';
import { Unavailable } from '#shared/errors.ts';
import { readSecret } from '#shared/secrets.ts';
import type { KeyRing } from '../domain/key-ring.ts';

/** The public keys that verify access tokens. */
export type PublicKeys = {
  /** The keys that this process has cached. @throws Unavailable before the first key exists */
  cached(): Promise<JSONWebKeySet>;
  /**
   * Reads the keys again, for a token with an unknown key id, which may be newer than the cache. At most once in five
   * seconds, since anybody can send a token with an invented key id; undefined within that time.
   */
  reload(now: Date): Promise<JSONWebKeySet | undefined>;
};

const rereadMs = 5_000;

/** See {@link PublicKeys}. `read` returns the secret's text. */
export function publicKeys(
  secretId: string,
  read: (secretId: string, options: { fresh: boolean }) => Promise<string | undefined> = readSecret,
): PublicKeys {
  let parsed: { text: string; keys: JSONWebKeySet } | undefined;
  let rereadAt = Number.NEGATIVE_INFINITY;

  const load = async (fresh: boolean): Promise<JSONWebKeySet> => {
    const text = await read(secretId, { fresh });
    if (text === undefined) throw new Unavailable('There are no signing keys yet.', { retryAfterSeconds: 5 });
    if (parsed?.text !== text) parsed = { text, keys: toKeySet(JSON.parse(text) as KeyRing) };
    return parsed.keys;
  };

  return {
    cached: () => load(false),
    reload: async (now) => {
      if (now.getTime() - rereadAt < rereadMs) return undefined;
      rereadAt = now.getTime();
      return load(true);
    },
  };
}

/** The key ring as a JSON Web Key Set (RFC 7517). */
export const toKeySet = (ring: KeyRing): JSONWebKeySet => ({ keys: ring.keys.map(({ jwk }) => jwk) });
