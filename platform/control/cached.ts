/** Returns the last result of `work` for `maxAgeMs` before it calls it again. */
export function cached<T>(maxAgeMs: number, work: () => T): () => T {
  let last: { at: number; result: T } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at >= maxAgeMs) last = { at: now, result: work() };
    return last.result;
  };
}
