/** The first error of a background task. Errors after the simulated loss of the shop are expected. */
export class FirstFailure {
  #first: { error: unknown; at: number } | undefined;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly record = (error: unknown): void => {
    this.#first ??= { error, at: this.#now() };
  };

  /** @throws the first error, if it occurred before that time (ms) */
  throwIfBefore(time: number): void {
    if (this.#first !== undefined && this.#first.at < time) throw this.#first.error;
  }
}
