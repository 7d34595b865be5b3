import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptResult, Begun, FailureLimit, LimitStore } from './limits.ts';

/** What limits an attempt, and by what each counts. */
export type AttemptLimit = { limit: FailureLimit; partition: string };

/** How an attempt ended, or which limit refused it for how long. */
export type Attempted =
  | { kind: 'succeeded' }
  | { kind: 'failed' }
  | { kind: 'refused'; limit: FailureLimit; seconds: number };

/** Ten checks of a password take half a second of CPU; a process that shares its CPU with others needs several. */
const maxWaitMs = 6_000;
const waitStepMs = 100;

/**
 * Makes an attempt within all limits, and counts it in each. While attempts that run take all that remains of a limit, it
 * waits for up to 6 s, since those that succeed free their places.
 * @param attempt whether the attempt succeeded; if it throws, it counts nothing
 */
export async function withinLimits(
  { store, clock }: { store: LimitStore; clock: () => Date },
  limits: readonly AttemptLimit[],
  attempt: () => Promise<boolean>,
): Promise<Attempted> {
  const begun: Extract<Begun, { kind: 'begun' }>[] = [];
  let result: AttemptResult = 'unknown';
  try {
    for (const { limit, partition } of limits) {
      const next = await beginOrWait(() => store.begin(limit, partition, clock()));
      if (next.kind !== 'begun')
        return { kind: 'refused', limit, seconds: next.kind === 'blocked' ? next.seconds : 1 };
      begun.push(next);
    }
    const succeeded = await attempt();
    result = succeeded ? 'succeeded' : 'failed';
    return { kind: result };
  } finally {
    for (const each of begun.reverse()) await each.end(result, clock());
  }
}

async function beginOrWait(begin: () => Promise<Begun>): Promise<Begun> {
  const giveUpAt = performance.now() + maxWaitMs;
  let begun = await begin();
  while (begun.kind === 'busy' && performance.now() < giveUpAt) {
    await pause(waitStepMs * (0.5 + Math.random()));
    begun = await begin();
  }
  return begun;
}
