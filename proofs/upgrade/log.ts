/** A request of a customer with all its tries, times in ms. */
export type Request = {
  what: string;
  startedAt: number;
  /** What each try that a client repeats was answered: `502`, `ECONNRESET` … */
  failures: string[];
  /** When it was answered as it should; undefined while it is not. */
  answeredAt?: number;
  /** Why nobody asked again although it was not: an answer that no retry changes, or no patience left. */
  givenUp?: string;
};

/** What the requests of some time tell about the service. */
export type ServiceReport = {
  requests: number;
  /** Answered after another try. */
  healed: number;
  unhealed: Request[];
  /** How often each failure was met that a client repeats. */
  failures: Map<string, number>;
  /** The longest time from one good answer to the next, at any request. */
  longestGapMs: number;
  /** The longest that one request took with all its tries. */
  longestWaitMs: number;
};

/** Sums up requests that have ended, whose load was on from `from` to `to`. */
export function reportOf(requests: readonly Request[], from: number, to: number): ServiceReport {
  const failures = new Map<string, number>();
  for (const failure of requests.flatMap((request) => request.failures))
    failures.set(failure, (failures.get(failure) ?? 0) + 1);
  const answers = requests
    .flatMap(({ answeredAt }) => answeredAt ?? [])
    .filter((at) => at >= from && at <= to)
    .toSorted((one, other) => one - other);
  const marks = [from, ...answers, to];
  const answered = requests.filter(({ answeredAt }) => answeredAt !== undefined);
  return {
    requests: requests.length,
    healed: answered.filter(({ failures: met }) => met.length > 0).length,
    unhealed: requests.filter(({ givenUp }) => givenUp !== undefined),
    failures,
    longestGapMs: Math.max(0, ...marks.slice(1).map((at, index) => at - (marks[index] ?? at))),
    longestWaitMs: Math.max(
      0,
      ...answered.map(({ startedAt, answeredAt = startedAt }) => answeredAt - startedAt),
    ),
  };
}
