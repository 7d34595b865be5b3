/** Prints a story as it happens: the time since the beginning, what happens, how long it took, where to look. */
export class Timeline {
  readonly #began = performance.now();

  /** Does a step and prints it; `look` adds a line of where to look. */
  async step<T>(title: string, work: (look: (line: string) => void) => Promise<T>): Promise<T> {
    const started = performance.now();
    const looks: string[] = [];
    const result = await work((line) => looks.push(line));
    const at = ((started - this.#began) / 1000).toFixed(2).padStart(6);
    console.log(`${at} s  ${title}  (${Math.round(performance.now() - started)} ms)`);
    for (const line of looks) console.log(`          ${line}`);
    return result;
  }

  /** Prints the end of the story. */
  end(line: string): void {
    console.log(`${((performance.now() - this.#began) / 1000).toFixed(2).padStart(6)} s  ${line}`);
  }
}
