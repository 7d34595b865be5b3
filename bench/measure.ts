import { readFileSync } from 'node:fs';

/** Percentiles of durations in milliseconds. */
export function percentiles(durationsMs: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Runs `work` by `customers` side by side, each again and again, until the time or the count is over. */
export async function closedLoop<T>(
  customers: number,
  limits: { seconds: number; count: number },
  work: (customer: number) => Promise<T>,
): Promise<{ results: T[]; seconds: number }> {
  const until = performance.now() + limits.seconds * 1000;
  const started = performance.now();
  const results: T[] = [];
  let begun = 0;
  await Promise.all(
    Array.from({ length: customers }, async (_, customer) => {
      while (performance.now() < until && begun < limits.count) {
        begun += 1;
        results.push(await work(customer));
      }
    }),
  );
  return { results, seconds: (performance.now() - started) / 1000 };
}

/** CPU seconds that a process has used so far, and those of its children that have ended (Linux; NaN elsewhere). */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
    return (user! + system! + childrenUser! + childrenSystem!) / 100;
  } catch {
    return Number.NaN;
  }
}

/** CPU seconds of a process and all below it. */
export const treeCpuSeconds = (root: number): number =>
  processTree(root).reduce((sum, pid) => sum + (cpuSeconds(pid) || 0), 0);

/** Memory that a process alone holds, in MB: its proportional share, as shared pages count once (Linux; NaN elsewhere). */
export function memoryMb(pid: number): number {
  try {
    const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** How a process was called (Linux; empty elsewhere). */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A process and all below it (Linux; the process alone elsewhere). */
export function processTree(root: number): number[] {
  const below: number[] = [root];
  for (const pid of below) {
    try {
      for (const thread of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' '))
        if (thread !== '') below.push(Number(thread));
    } catch {
      // It has ended in between.
    }
  }
  return below;
}

/** A table for people: columns aligned, numbers to the right. */
export function printTable(rows: Record<string, string | number>[]): void {
  if (rows.length === 0) return;
  const names = Object.keys(rows[0]!);
  const cell = (value: string | number | undefined) =>
    typeof value === 'number'
      ? Number.isInteger(value)
        ? String(value)
        : value.toFixed(value < 10 ? 2 : 1)
      : (value ?? '');
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => cell(row[name]).length)));
  const line = (cells: string[], numeric: boolean[]) =>
    cells
      .map((text, index) => (numeric[index] ? text.padStart(widths[index]!) : text.padEnd(widths[index]!)))
      .join('  ');
  const numeric = names.map((name) => typeof rows[0]![name] === 'number');
  console.log(line(names, numeric));
  for (const row of rows)
    console.log(
      line(
        names.map((name) => cell(row[name])),
        numeric,
      ),
    );
}

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
