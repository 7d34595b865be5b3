/**
 * Wrong passwords for one address within one window. A right password costs nothing, and resets the count.
 *
 * Attempts that are being checked count until their result is known, so that concurrent guesses cannot exceed the limit.
 */
export const maxFailures = 10;
/** Long enough to make guessing infeasible (960 attempts a day), short enough for a locked-out user to wait. */
export const windowMs = 15 * 60 * 1000;

/** The wrong passwords for one address so far, the attempts that are being checked, and when the window ends. */
export type Attempts = { failures: number; pending: number; windowEndsAt: Date };

/** What an attempt that found no free place does: `wait` until others are checked, or `refuse` for so many seconds. */
export type Excess = { kind: 'wait' } | { kind: 'refuse'; seconds: number };

/** Decides about an attempt beyond the limit. Those being checked may turn out to be right and free their place. */
export const excessOf = ({ failures, windowEndsAt }: Attempts, now: Date): Excess =>
  failures < maxFailures
    ? { kind: 'wait' }
    : {
        kind: 'refuse',
        seconds: Math.max(1, Math.ceil((windowEndsAt.getTime() - now.getTime()) / 1000)),
      };
