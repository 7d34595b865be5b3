/** Does the work again when it is asked for and the last result is older than that; otherwise answers the last. */
export function every<T>(milliseconds: number, work: () => T): () => T {
  let last: { at: number; result: T } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at >= milliseconds) last = { at: now, result: work() };
    return last.result;
  };
}
