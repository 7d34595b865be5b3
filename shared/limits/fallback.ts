import type { LimitStore } from './limits.ts';

/** How long the first store is left alone after it failed, so that not every request waits for it. */
const restMs = 10_000;

/**
 * Counts in the first store, and in the second while the first is unavailable, whose counts start from zero. An attempt
 * ends in the store that it began in; if that fails, its place frees itself.
 * @param onFailure called for each failure of the first store
 */
export function withFallback(
  first: LimitStore,
  second: LimitStore,
  onFailure: (error: unknown) => void,
): LimitStore {
  let restsUntil = Number.NEGATIVE_INFINITY;
  const fromFirst = async <T>(work: () => Promise<T>, instead: () => Promise<T>): Promise<T> => {
    if (performance.now() < restsUntil) return instead();
    try {
      return await work();
    } catch (error) {
      restsUntil = performance.now() + restMs;
      onFailure(error);
      return instead();
    }
  };
  return {
    take: (...request) =>
      fromFirst(
        () => first.take(...request),
        () => second.take(...request),
      ),
    begin: (...attempt) =>
      fromFirst(
        async () => {
          const begun = await first.begin(...attempt);
          if (begun.kind !== 'begun') return begun;
          return {
            kind: 'begun' as const,
            end: (...result) => begun.end(...result).catch(onFailure),
          };
        },
        () => second.begin(...attempt),
      ),
  };
}
