/** Texts that are cached for a short time. While the cache is unavailable or full, texts are loaded every time. */
export type Cache = {
  /** The cached text, or the result of `load`, which is then cached for `ttlMs`. Errors are not cached. */
  getOrLoad(key: string, ttlMs: number, load: () => Promise<string>): Promise<string>;
};
