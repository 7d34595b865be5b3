/**
 * Joins calls that arrive while one is under way into the next one: alone, a call starts at once; under load,
 * batches grow by themselves. Where a process serves one invocation at a time it changes nothing.
 * `run` answers one result per item, in order; if it throws, every item of that batch fails with it.
 */
export function coalesce<Item, Result>(
  maxBatch: number,
  maxConcurrent: number,
  run: (items: Item[]) => Promise<Result[]>,
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let underWay = 0;

  const next = async () => {
    const batch = waiting.splice(0, maxBatch);
    if (batch.length === 0) return;
    underWay += 1;
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      underWay -= 1;
      void next();
    }
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (underWay < maxConcurrent) void next();
    });
}
