/**
 * The order of stopping: nothing new comes in, functions end what they run, then what they call, then the engines
 * that hold the data.
 */
const PHASES = ['entrances', 'functions', 'endpoints', 'engines'] as const;
export type StopPhase = (typeof PHASES)[number];

/** What has been started and must be stopped, whatever came between. */
export type Stops = {
  add: (phase: StopPhase, stop: () => unknown) => void;
  /** Stops everything, phase by phase; a failure keeps nothing else from stopping. Safe to call twice. */
  run: () => Promise<void>;
};

export function stopList(onError: (error: unknown) => void): Stops {
  const stops = new Map<StopPhase, (() => unknown)[]>(PHASES.map((phase) => [phase, []]));
  const run = async () => {
    for (const phase of PHASES) {
      const own = stops.get(phase)?.splice(0) ?? [];
      const results = await Promise.allSettled(own.map(async (stop) => stop()));
      for (const result of results) if (result.status === 'rejected') onError(result.reason);
    }
  };
  let running: Promise<void> | undefined;
  return {
    add: (phase, stop) => void stops.get(phase)?.push(stop),
    run() {
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** Waits for a stop, but not longer than `ms`. */
export async function atMost(ms: number, stopping: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([stopping, late]);
  clearTimeout(timer);
}

/**
 * Like Promise.all, but waits for every part before it passes a failure on: only what has started can be stopped.
 */
export async function settled<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as never;
}
