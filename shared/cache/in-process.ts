import type { Cache } from './cache.ts';

type Entry = { text: Promise<string>; bytes: number; expiresAt: number };

export type InProcessOptions = {
  /** Most UTF-16 code units of all cached texts together. */
  maxLength?: number;
  /** The time in ms; tests control it. */
  now?: () => number;
};

/** A few thousand products or a few hundred lists; small in a function of 512 MB. */
const defaultMaxLength = 16 * 1024 * 1024;

/**
 * A cache in this process, bounded in size; the least recently used text is removed first. Concurrent requests for one
 * key share one load.
 */
export function inProcessCache({
  maxLength = defaultMaxLength,
  now = Date.now,
}: InProcessOptions = {}): Cache {
  const entries = new Map<string, Entry>();
  let total = 0;

  const remove = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.bytes;
  };
  const evict = () => {
    for (const [key, entry] of entries) {
      if (total <= maxLength) return;
      remove(key, entry);
    }
  };

  return {
    getOrLoad: (key, ttlMs, load) => {
      const known = entries.get(key);
      if (known !== undefined) {
        if (known.expiresAt > now()) {
          // The most recently used is last.
          entries.delete(key);
          entries.set(key, known);
          return known.text;
        }
        remove(key, known);
      }
      const entry: Entry = { text: load(), bytes: key.length, expiresAt: now() + ttlMs };
      entries.set(key, entry);
      total += entry.bytes;
      entry.text.then(
        (text) => {
          if (entries.get(key) !== entry) return;
          entry.bytes += text.length;
          total += text.length;
          evict();
        },
        () => remove(key, entry),
      );
      return entry.text;
    },
  };
}
