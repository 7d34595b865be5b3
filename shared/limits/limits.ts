/**
 * How many requests or failures are allowed for one partition: an account, a client address, a token. Two kinds of limit,
 * one contract, two stores (PostgreSQL and Redis). Both are exact under concurrency.
 */

/** At most `limit` requests in a window of fixed length, which starts with the first of them. */
export type RequestLimit = { name: string; limit: number; windowSeconds: number };

/**
 * The first `limit` failures cost nothing. Each further one blocks the partition, twice as long as the one before, until
 * `windowSeconds` pass without a failure. Attempts whose result is not known yet count like failures, so that concurrent
 * guesses cannot exceed the limit; beyond it only one attempt runs at a time. Successful attempts do not count.
 */
export type FailureLimit = RequestLimit & {
  /** How long the failure that reaches the limit blocks. */
  firstDelaySeconds: number;
  maxDelaySeconds: number;
  /** Whether a success ends the count: only where one account is counted, since guessers have accounts of their own. */
  resetBySuccess: boolean;
};

/** What remains of a limit, and the seconds until its window ends, rounded up. */
export type LimitState = { remaining: number; resetSeconds: number };

/** Whether a request was counted, and the state after it. */
export type Taken = LimitState & { allowed: boolean };

/** How an attempt ended; `unknown` if it could not be made, which counts nothing. */
export type AttemptResult = 'failed' | 'succeeded' | 'unknown';

/**
 * Whether an attempt may run: `begun`, and its caller ends it; `busy` while attempts that run take all that remains; or
 * `blocked` for that many seconds, rounded up.
 */
export type Begun =
  | { kind: 'begun'; end(result: AttemptResult, now: Date): Promise<void> }
  | { kind: 'busy' }
  | { kind: 'blocked'; seconds: number };

/** Counts by limit and partition. Partitions are stored as hashes: addresses and e-mail addresses are personal data. */
export type LimitStore = {
  /** Counts a request, if it is allowed. */
  take(limit: RequestLimit, partition: string, now: Date): Promise<Taken>;
  /** Starts an attempt. One that is not ended within {@link placeMs} counts no more. */
  begin(limit: FailureLimit, partition: string, now: Date): Promise<Begun>;
};

/** A place whose attempt did not end is free again after the longest time that a function runs. */
export const placeMs = 30_000;

/** Whole seconds from `now` until `end`, at least 1, since `Retry-After: 0` would cause an immediate retry. */
export const secondsUntil = (end: Date | number, now: Date): number =>
  Math.max(1, Math.ceil((Number(end) - now.getTime()) / 1000));
