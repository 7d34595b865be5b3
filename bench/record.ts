import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../build/docs/measurements.ts';
import { root } from '../build/stacks.ts';

/** With this option a benchmark writes what it printed to docs/measurements; `npm run generate:docs` then updates docs. */
export const recordOption = '--record';

const tables: Measurement['tables'] = [];

/** Keeps a printed table for the record. */
export const keep = (title: string, rows: Record<string, string | number>[]): void => {
  tables.push({ title, rows });
};

/** Ends a benchmark: writes its tables if asked to, and exits. */
export function finish(name: string, command: string): never {
  if (process.argv.includes(recordOption)) {
    const cores = cpus();
    const measurement: Measurement = {
      command,
      measured: new Date().toISOString().slice(0, 10),
      machine: `${cores.length} × ${cores[0]?.model.trim()}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`,
      tables,
    };
    writeFileSync(
      join(root, 'docs/measurements', `${name}.json`),
      `${JSON.stringify(measurement, null, 2)}\n`,
    );
  }
  process.exit(0);
}
