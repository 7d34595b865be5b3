/**
 * Combines calls that arrive in one turn of the event loop, or while an earlier one is running, into one. A single call
 * starts immediately; under load, and for the messages of one batch, batches grow.
 * `run` returns one result per item, in order; if it throws, every item of that batch fails with that error.
 */
export function coalesce<Item, Result>(
  maxBatch: number,
  maxConcurrent: number,
  run: (items: Item[]) => Promise<Result[]>,
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let running = 0;
  let starting = false;

  const next = async () => {
    const batch = waiting.splice(0, maxBatch);
    running += 1;
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      running -= 1;
      start();
    }
  };
  // Deferred, so that calls from the rest of this turn join the batch.
  const start = () => {
    if (starting || waiting.length === 0 || running >= maxConcurrent) return;
    starting = true;
    setImmediate(() => {
      starting = false;
      while (waiting.length > 0 && running < maxConcurrent) void next();
    });
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      start();
    });
}
