import type { InvokeResult } from './invoke.ts';

/** Counters of one function since the start; durations in milliseconds. */
export type FunctionStatistics = {
  invocations: number;
  errors: number;
  timeouts: number;
  coldStarts: number;
  totalMs: number;
  /** Duration of the invocation that finished last; absent before the first. */
  lastMs?: number;
};

/** Counts the invocations of every defined function. */
export class FunctionCounters {
  readonly #byName = new Map<string, FunctionStatistics>();

  define(name: string): void {
    const none = { invocations: 0, errors: 0, timeouts: 0, coldStarts: 0, totalMs: 0 };
    this.#byName.set(name, none);
  }

  of(name: string): FunctionStatistics {
    const counters = this.#byName.get(name);
    if (counters === undefined) throw new Error(`the function ${name} is not defined`);
    return counters;
  }

  finished(name: string, durationMs: number, failure: InvokeResult['failure']): void {
    const counters = this.of(name);
    counters.lastMs = durationMs;
    counters.totalMs += durationMs;
    if (failure === 'timeout') counters.timeouts += 1;
    if (failure !== undefined) counters.errors += 1;
  }

  all(): Record<string, FunctionStatistics> {
    return Object.fromEntries(this.#byName);
  }
}
