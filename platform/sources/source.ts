/** Something that calls functions on its own. `stop` takes nothing new and waits for what it has in work. */
export type Source = { stop: () => Promise<void> };

/**
 * Repeats a step until the signal; an error is reported and followed by a pause, so that a dead engine costs no
 * busy loop.
 */
export async function untilStopped(
  signal: AbortSignal,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
  afterErrorMs: number,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await step();
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await pause(afterErrorMs, signal);
    }
  }
}

/** Waits, or less when the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
