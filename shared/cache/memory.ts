import type { Cache, SharedTier } from './cache.ts';

type Entry = { text: Promise<string>; length: number; expiresAt: number };

export type MemoryCacheOptions = {
  /** Asked before a text is loaded, and given each loaded text. */
  shared?: SharedTier | undefined;
  /** Most UTF-16 code units of all cached texts together. */
  maxLength?: number;
  /** The time in ms since 1970; tests control it. */
  now?: () => number;
};

/** A few thousand products or a few hundred lists; small in a function of 512 MB. */
const defaultMaxLength = 16 * 1024 * 1024;

/**
 * A cache in the memory of this process, bounded in size, alone or in front of a shared tier. The least recently used text
 * is removed first.
 */
export function memoryCache({
  shared,
  maxLength = defaultMaxLength,
  now = Date.now,
}: MemoryCacheOptions = {}): Cache {
  const entries = new Map<string, Entry>();
  let total = 0;

  const remove = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.length;
  };
  const evict = () => {
    for (const [key, entry] of entries) {
      if (total <= maxLength) return;
      remove(key, entry);
    }
  };
  const loadThrough = async (tier: SharedTier, key: string, entry: Entry, load: () => Promise<string>) => {
    const found = await tier.get(key);
    if (found !== undefined && found.expiresAt > now()) {
      entry.expiresAt = Math.min(entry.expiresAt, found.expiresAt);
      return found.text;
    }
    const text = await load();
    const ttlMs = entry.expiresAt - now();
    if (ttlMs > 0) await tier.set(key, { text, expiresAt: entry.expiresAt }, ttlMs);
    return text;
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
      const entry = { length: key.length, expiresAt: now() + ttlMs } as Entry;
      entry.text = shared === undefined ? load() : loadThrough(shared, key, entry, load);
      entries.set(key, entry);
      total += entry.length;
      entry.text.then(
        (text) => {
          if (entries.get(key) !== entry) return;
          entry.length += text.length;
          total += text.length;
          evict();
        },
        () => remove(key, entry),
      );
      return entry.text;
    },
  };
}
