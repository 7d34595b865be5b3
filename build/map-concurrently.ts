/** Applies `work` to each item, at most `concurrency` at a time, and returns the results in the items' order. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const remaining = [...items.entries()];
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let next = remaining.shift(); next !== undefined; next = remaining.shift())
        results[next[0]] = await work(next[1]);
    }),
  );
  return results;
}
