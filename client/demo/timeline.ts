/** Prints the steps of a story: time since the start, title, duration, where to look. */
export class Timeline {
  readonly #startedAt = performance.now();

  /** Runs a step and prints it; `look` adds a line that says where to look. */
  async step<T>(title: string, work: (look: (line: string) => void) => Promise<T>): Promise<T> {
    const started = performance.now();
    const looks: string[] = [];
    const result = await work((line) => looks.push(line));
    const at = ((started - this.#startedAt) / 1000).toFixed(2).padStart(6);
    console.log(`${at} s  ${title}  (${Math.round(performance.now() - started)} ms)`);
    for (const line of looks) console.log(`          ${line}`);
    return result;
  }

  end(line: string): void {
    console.log(`${((performance.now() - this.#startedAt) / 1000).toFixed(2).padStart(6)} s  ${line}`);
  }
}
