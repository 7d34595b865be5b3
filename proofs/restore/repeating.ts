import { setTimeout as pause } from 'node:timers/promises';

/** A background task. */
export type Repeating = {
  /** Ends the task. Later errors are expected. @throws its error, if it occurred before the loss of the shop (ms) */
  stop(lossAt: number): Promise<void>;
};

/** Repeats `work` with a pause until it fails or is stopped. */
export function repeating(everyMs: number, work: () => Promise<void>): Repeating {
  const stopping = new AbortController();
  let failure: { error: unknown; at: number } | undefined;
  const repeat = async () => {
    while (!stopping.signal.aborted) {
      await work();
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = repeat().catch((error: unknown) => {
    failure = { error, at: Date.now() };
  });
  return {
    stop: async (lossAt) => {
      stopping.abort();
      await ended;
      if (failure !== undefined && failure.at < lossAt) throw failure.error;
    },
  };
}
