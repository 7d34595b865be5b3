import { TooManyRequests } from '../errors.ts';
import type { Limited, RouteLimit } from '../http/route.ts';
import type { LimitState, LimitStore, RequestLimit } from './limits.ts';

/** Where a service counts requests, and its limits by name. */
export type Limits = {
  store: LimitStore;
  /** @throws Error for a name that the service does not have */
  named(name: string): RequestLimit;
  clock: () => Date;
};

/** The limits of one request; what they are and what remains of them is written into its response. */
export type RequestLimits = {
  /** Counts the request. @throws TooManyRequests */
  take(name: string, partition: string): Promise<void>;
  /** Adds the state of a limit that was counted elsewhere. */
  report(limit: RequestLimit, state: LimitState): void;
};

/** The limits of a request whose handler was given none: to use them is a programming error. */
export const noLimits: RequestLimits = {
  take: () => Promise.reject(new Error('this handler has no limits')),
  report: () => {
    throw new Error('this handler has no limits');
  },
};

/**
 * See {@link RequestLimits}. Fields as in draft-ietf-httpapi-ratelimit-headers-10: lists of names (strings of RFC 9651)
 * with `q`, the quota, and `w`, its window in seconds; with `r`, what remains, and `t`, the seconds until it is full again.
 */
export function requestLimits(
  { store, named, clock }: Limits,
  limits: readonly RouteLimit[] = [],
): RequestLimits & { takeAll(request: Limited): Promise<void>; headers(): Record<string, string> } {
  const states = new Map<string, LimitState>();
  const take = async (name: string, partition: string) => {
    const { allowed, ...state } = await store.take(named(name), partition, clock());
    states.set(name, state);
    if (!allowed)
      throw new TooManyRequests('Too many requests. Wait, then try again.', {
        retryAfterSeconds: state.resetSeconds,
      });
  };
  return {
    take,
    takeAll: async (request) => {
      for (const { name, partition } of limits)
        if (partition !== undefined) await take(name, partition(request));
    },
    report: ({ name }, state) => states.set(name, state),
    headers: () => ({
      'RateLimit-Policy': limits
        .map(({ name }) => `"${name}";q=${named(name).limit};w=${named(name).windowSeconds}`)
        .join(', '),
      ...(states.size === 0
        ? {}
        : {
            RateLimit: [...states]
              .map(([name, { remaining, resetSeconds }]) => `"${name}";r=${remaining};t=${resetSeconds}`)
              .join(', '),
          }),
    }),
  };
}
