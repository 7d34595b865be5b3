/** Attempts for one address within one window; a right password resets the count. */
export const maxAttempts = 10;
/** Long enough to make guessing infeasible (960 attempts a day), short enough for a locked-out user to wait. */
export const windowMs = 15 * 60 * 1000;

/** The attempts for one address so far, including this one. */
export type Attempts = { attempts: number; windowEndsAt: Date };

/** Seconds until the next attempt, or undefined if this one is allowed. */
export const waitSeconds = ({ attempts, windowEndsAt }: Attempts, now: Date): number | undefined =>
  attempts <= maxAttempts
    ? undefined
    : Math.max(1, Math.ceil((windowEndsAt.getTime() - now.getTime()) / 1000));
