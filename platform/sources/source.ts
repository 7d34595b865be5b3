import { setTimeout as sleep } from 'node:timers/promises';

/** Something that invokes functions on its own. `stop` accepts nothing new and waits for the work in progress. */
export type Source = { stop: () => Promise<void> };

const afterErrorMs = 500;

/** Repeats a step until the signal. After an error it pauses, so that a stopped engine causes no busy loop. */
export async function untilStopped(
  signal: AbortSignal,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) await untilDone(signal, step, onError);
}

/** Repeats a step after each error, until it succeeds or the signal. */
export async function untilDone(
  signal: AbortSignal,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await pause(afterErrorMs, signal);
    }
  }
}

/** Waits, at most until the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
