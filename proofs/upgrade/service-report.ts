import type { RequestLog } from '../load/customer.ts';

/** How the service behaved during a load. */
export type ServiceReport = {
  requests: number;
  /** Requests that succeeded on a retry. */
  retried: number;
  failed: RequestLog[];
  /** Number of attempts per kind of failure. */
  failures: Map<string, number>;
  /** The longest time between two successful responses to any request. */
  longestGapMs: number;
  /** The longest time of one request including its retries. */
  longestRequestMs: number;
};

/** Summarises the completed requests of a load that ran from `from` to `to` (ms). */
export function reportOf(requests: readonly RequestLog[], from: number, to: number): ServiceReport {
  const byFailure = Map.groupBy(
    requests.flatMap(({ failures }) => failures),
    (failure) => failure,
  );
  const completed = requests.filter(({ completedAt }) => completedAt !== undefined);
  const times = completed
    .map(({ completedAt = 0 }) => completedAt)
    .filter((at) => at >= from && at <= to)
    .toSorted((one, other) => one - other);
  const marks = [from, ...times, to];
  return {
    requests: requests.length,
    retried: completed.filter(({ failures }) => failures.length > 0).length,
    failed: requests.filter(({ error }) => error !== undefined),
    failures: new Map([...byFailure].map(([failure, all]) => [failure, all.length])),
    longestGapMs: Math.max(0, ...marks.slice(1).map((at, index) => at - (marks[index] ?? at))),
    longestRequestMs: Math.max(
      0,
      ...completed.map(({ startedAt, completedAt = startedAt }) => completedAt - startedAt),
    ),
  };
}
