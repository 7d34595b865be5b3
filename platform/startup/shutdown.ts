/** Stops first what brings work in, then functions, then the endpoints that functions call, then the engines. */
const phases = ['inbound', 'functions', 'endpoints', 'engines'] as const;
export type ShutdownPhase = (typeof phases)[number];

/** Stops everything that has been started, phase by phase. */
export type Shutdown = {
  add: (phase: ShutdownPhase, stop: () => unknown) => void;
  /** Stops everything; a failure is reported and does not keep the rest from stopping. Safe to call twice. */
  run: () => Promise<void>;
};

export function createShutdown(onError: (error: unknown) => void): Shutdown {
  const stops = new Map<ShutdownPhase, (() => unknown)[]>(phases.map((phase) => [phase, []]));
  const run = async () => {
    for (const phase of phases) {
      const started = stops.get(phase)?.splice(0) ?? [];
      const results = await Promise.allSettled(started.map(async (stop) => stop()));
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

/** Waits for a stop, at most `ms`. */
export async function waitAtMost(ms: number, stopping: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([stopping, timeout]);
  clearTimeout(timer);
}

/** Like Promise.all, but rejects only when all have settled: whatever started is then registered for shutdown. */
export async function allSettled<T extends readonly unknown[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as never;
}
