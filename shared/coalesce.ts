/**
 * Joins calls that arrive in one turn of the event loop, or while an earlier one is under way, into one: alone, a
 * call starts at once; under load, and for the messages of one batch, batches grow by themselves.
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
  let starting = false;

  const next = async () => {
    const batch = waiting.splice(0, maxBatch);
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
      start();
    }
  };
  // Not at once: what the rest of this turn asks for goes with it.
  const start = () => {
    if (starting || waiting.length === 0 || underWay >= maxConcurrent) return;
    starting = true;
    setImmediate(() => {
      starting = false;
      while (waiting.length > 0 && underWay < maxConcurrent) void next();
    });
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      start();
    });
}
