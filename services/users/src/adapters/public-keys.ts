import type { JSONWebKeySet } from 'jose';
import { Unavailable } from '#shared/errors.ts';
import { readSecret } from '#shared/secrets.ts';
import type { KeyRing } from '../domain/key-ring.ts';

/** The keys by which access tokens are verified, as every process may read them. */
export type PublicKeys = {
  /** The keys known to this process. @throws Unavailable before the first one was made */
  known(): Promise<JSONWebKeySet>;
  /**
   * Reads them again, for a token of a key that is not known: it may be newer than ours. Not more than once in five
   * seconds, since anybody can send a token that names a made-up key; undefined within that time.
   */
  again(now: Date): Promise<JSONWebKeySet | undefined>;
};

const rereadMs = 5_000;

/** See {@link PublicKeys}. `read` answers the secret's text. */
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
    known: () => load(false),
    again: async (now) => {
      if (now.getTime() - rereadAt < rereadMs) return undefined;
      rereadAt = now.getTime();
      return load(true);
    },
  };
}

/** The ring in the form of RFC 7517. */
export const toKeySet = (ring: KeyRing): JSONWebKeySet => ({ keys: ring.keys.map(({ jwk }) => jwk) });
