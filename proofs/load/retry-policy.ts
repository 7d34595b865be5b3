import type { ShopResponse } from '../../client/shop-client.ts';

/** Doubled after each attempt up to the maximum; the actual pause is random between half of it and all of it. */
const firstPauseMs = 250;
const maxPauseMs = 4_000;

/** How long a client retries one request. */
export const retryTimeoutMs = 120_000;

/**
 * Whether a client retries: the server failed, is overloaded, or still processes the previous request with the same
 * Idempotency-Key, which is 409 with Retry-After.
 */
export const isRetryable = ({ status, headers }: Pick<ShopResponse, 'status' | 'headers'>): boolean =>
  status >= 500 || status === 429 || (status === 409 && headers.has('retry-after'));

/** The pause after `attempts` attempts (from 1), for a random number from [0, 1). */
export const pauseMs = (attempts: number, random: number): number =>
  Math.min(maxPauseMs, firstPauseMs * 2 ** (attempts - 1)) * (0.5 + random / 2);
