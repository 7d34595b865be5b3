/**
 * Texts that are cached for a short time.
 * - A text is returned for at most `ttlMs`, counted from before its load, by every process together: a copy from the shared
 *   tier expires when the original does. Nothing invalidates a text earlier.
 * - Concurrent requests of a process for one key share one load. Processes may load the same key at the same time.
 * - An error is returned to all who share the load, and is not cached.
 */
export type Cache = {
  /** The cached text, or the result of `load`, which is then cached. */
  getOrLoad(key: string, ttlMs: number, load: () => Promise<string>): Promise<string>;
};

/** A text with the time in ms since 1970 until which it may be returned. */
export type CachedText = { text: string; expiresAt: number };

/** A cache behind the memory of several processes. While it is unavailable, it finds and stores nothing; it never throws. */
export type SharedTier = {
  get(key: string): Promise<CachedText | undefined>;
  set(key: string, cached: CachedText, ttlMs: number): Promise<void>;
};
