import type { Cache } from './cache.ts';

type Entry = { text: Promise<string>; bytes: number; expiresAt: number };

export type InProcessOptions = {
  /** Bound of all kept texts together, in UTF-16 code units. */
  maxLength?: number;
  /** For tests: the time in ms. */
  now?: () => number;
};

/** Some thousand products or some hundred pages: small beside a function's 512 MB. */
const defaultMaxLength = 16 * 1024 * 1024;

/**
 * A cache in this process, bounded in size; the longest unused goes first. Those who ask for the same thing while it
 * is being made wait for the one that makes it.
 */
export function inProcessCache({
  maxLength = defaultMaxLength,
  now = Date.now,
}: InProcessOptions = {}): Cache {
  const entries = new Map<string, Entry>();
  let total = 0;

  const drop = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.bytes;
  };
  const makeRoom = () => {
    for (const [key, entry] of entries) {
      if (total <= maxLength) return;
      drop(key, entry);
    }
  };

  return {
    remember: (key, ttlMs, make) => {
      const known = entries.get(key);
      if (known !== undefined) {
        if (known.expiresAt > now()) {
          // The most recently used stands last.
          entries.delete(key);
          entries.set(key, known);
          return known.text;
        }
        drop(key, known);
      }
      const entry: Entry = { text: make(), bytes: key.length, expiresAt: now() + ttlMs };
      entries.set(key, entry);
      total += entry.bytes;
      entry.text.then(
        (text) => {
          if (entries.get(key) !== entry) return;
          entry.bytes += text.length;
          total += text.length;
          makeRoom();
        },
        () => drop(key, entry),
      );
      return entry.text;
    },
  };
}
