/**
 * Answers kept for a short time. What is kept may be stale for as long as its time to live, and no longer; a cache
 * that is away or full means only that the answer is made again.
 */
export type Cache = {
  /** The kept text, or what `make` gives, which is then kept for `ttlMs`. What throws is not kept. */
  remember(key: string, ttlMs: number, make: () => Promise<string>): Promise<string>;
};
