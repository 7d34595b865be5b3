import { readFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { keep, recordOption } from './record.ts';

/** Percentiles of durations in milliseconds. */
export function percentiles(durationsMs: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Runs `work` in a closed loop for each of `customers` until the time or the count is reached. */
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

/** CPU seconds used so far by a process and by its children that have ended (Linux; NaN elsewhere). */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
    return (user! + system! + childrenUser! + childrenSystem!) / 100;
  } catch {
    return Number.NaN;
  }
}

/** CPU seconds of a process and all its descendants. */
export const treeCpuSeconds = (root: number): number =>
  processTree(root).reduce((sum, pid) => sum + (cpuSeconds(pid) || 0), 0);

/** Memory of a process in MB (PSS: each shared page is divided among its users; Linux, NaN elsewhere). */
export function memoryMb(pid: number): number {
  try {
    const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** The command line of a process (Linux; empty elsewhere). */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A process and all its descendants, parents before children. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  const { stdout } = execaSync('ps', ['-A', '-o', 'pid=,ppid=']);
  for (const line of stdout.split('\n')) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** The command's arguments without the option of `record.ts`. */
export const benchArguments: readonly string[] = process.argv
  .slice(2)
  .filter((each) => each !== recordOption);

/** Prints a table with aligned columns, numbers right-aligned, and keeps it for the record. */
export function printTable(title: string, rows: Record<string, string | number>[]): void {
  const [first] = rows;
  if (first === undefined) return;
  keep(title, rows);
  console.log(`\n${title}`);
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => textOf(row[name] ?? '')));
  const widths = names.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  for (const row of [names, ...cells])
    console.log(
      row
        .map((text, index) =>
          typeof first[names[index] ?? ''] === 'number'
            ? text.padStart(widths[index] ?? 0)
            : text.padEnd(widths[index] ?? 0),
        )
        .join('  '),
    );
}

const textOf = (value: string | number): string =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);

/** The median. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
