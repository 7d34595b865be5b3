import type { PendingEvent } from './source-store.ts';

/** Concurrent events of one function. */
const maxConcurrency = 32;

/** Runs events when they are due, in the order of their due times, with a concurrency limit per function. */
export function eventQueues(run: (event: PendingEvent) => Promise<void>) {
  const queues = new Map<string, PendingEvent[]>();
  const running = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const startWaiting = (functionName: string) => {
    const queue = queues.get(functionName) ?? [];
    let active = running.get(functionName) ?? 0;
    while (!stopped && queue.length > 0 && active < maxConcurrency) {
      active += 1;
      void run(queue.shift() as PendingEvent).finally(() => {
        running.set(functionName, (running.get(functionName) ?? 1) - 1);
        startWaiting(functionName);
      });
    }
    running.set(functionName, active);
  };

  const enqueue = (event: PendingEvent) => {
    const queue = queues.get(event.functionName);
    if (queue === undefined) queues.set(event.functionName, [event]);
    else queue.push(event);
    startWaiting(event.functionName);
  };

  return {
    schedule(event: PendingEvent) {
      const waitMs = event.dueAt - Date.now();
      if (waitMs <= 0) return enqueue(event);
      const timer = setTimeout(() => {
        timers.delete(timer);
        enqueue(event);
      }, waitMs);
      timers.add(timer);
    },
    stopped: () => stopped,
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
