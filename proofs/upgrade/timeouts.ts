import type { Answer } from '../../client/shop-client.ts';

/** Doubled from try to try, up to the most; each pause is drawn between half of it and all of it. */
const firstPauseMs = 250;
const mostPauseMs = 4_000;

/** How long a client goes on asking before its customer gives up. */
export const patienceMs = 120_000;

/**
 * Whether a client asks again: the server failed, is busy, or still works on the request before with this
 * Idempotency-Key, which it says by 409 with Retry-After. Any other answer is the answer.
 */
export const asksAgain = ({ status, headers }: Pick<Answer, 'status' | 'headers'>): boolean =>
  status >= 500 || status === 429 || (status === 409 && headers.has('retry-after'));

/** The pause after so many tries (from 1), by a number drawn from [0, 1). */
export const pauseMs = (tries: number, drawn: number): number =>
  Math.min(mostPauseMs, firstPauseMs * 2 ** (tries - 1)) * (0.5 + drawn / 2);
