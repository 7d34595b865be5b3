/** Tries for one address within one window, right or wrong; a right one starts anew. */
export const maxAttempts = 10;
/** Long enough that guessing stays hopeless (960 tries a day), short enough for somebody who is locked out to wait. */
export const windowMs = 15 * 60 * 1000;

/** The tries of one address so far, this one included. */
export type Attempts = { attempts: number; windowEndsAt: Date };

/** Seconds to wait before the next try, or undefined if this one may be made. */
export const waitSeconds = ({ attempts, windowEndsAt }: Attempts, now: Date): number | undefined =>
  attempts <= maxAttempts
    ? undefined
    : Math.max(1, Math.ceil((windowEndsAt.getTime() - now.getTime()) / 1000));
