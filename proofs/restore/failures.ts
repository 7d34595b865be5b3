/** Remembers when something failed first: what fails since the loss of the shop is its loss. */
export type Failures = {
  note(error: unknown): void;
  /** @throws the first failure, when it was before that time (ms) */
  throwBefore(at: number): void;
};

/** See {@link Failures}. */
export function noteFailures(now: () => number = Date.now): Failures {
  let first: { error: unknown; at: number } | undefined;
  return {
    note: (error) => {
      first ??= { error, at: now() };
    },
    throwBefore: (at) => {
      if (first !== undefined && first.at < at) throw first.error;
    },
  };
}
