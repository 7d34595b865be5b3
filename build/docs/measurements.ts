import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { root } from '../stacks.ts';

const schema = z.strictObject({
  /** The command that printed the tables. */
  command: z.string(),
  measured: z.iso.date(),
  /** Processor, runtime, and the load average at the end of the run. */
  machine: z.string(),
  tables: z.array(
    z.strictObject({
      title: z.string(),
      rows: z.array(z.record(z.string(), z.union([z.string(), z.number()]))).min(1),
    }),
  ),
});

/** What a benchmark printed (`--record`). */
export type Measurement = z.output<typeof schema>;

/** Every record of docs/measurements by its name. */
export const readMeasurements = (): Map<string, Measurement> =>
  new Map(
    globSync('docs/measurements/*.json', { cwd: root }).map((path) => [
      basename(path, '.json'),
      schema.parse(JSON.parse(readFileSync(join(root, path), 'utf8'))),
    ]),
  );

/** The table of docs/order-calls.json in docs/performance.md. */
export function withOrderCalls(document: string): string {
  const { calls, measured } = z
    .object({ calls: z.record(z.string(), z.number()), measured: z.iso.date() })
    .parse(JSON.parse(readFileSync(join(root, 'docs/order-calls.json'), 'utf8')));
  const rows = Object.entries(calls).map(([key, count]) => {
    const [caller = '', call = ''] = key.split(' ');
    return { function: caller, call, 'per order': count };
  });
  const total = rows.reduce((sum, row) => sum + row['per order'], 0);
  const table = tableOf([...rows, { function: 'total', call: '', 'per order': Number(total.toFixed(1)) }]);
  return document.replace(
    /(<!-- counted: order-calls -->\n).*?(<!-- \/counted -->)/s,
    (_, begin: string, end: string) => `${begin}\nCounted on ${measured}:\n\n${table}\n\n${end}`,
  );
}

const block = /(<!-- measured: ([\w-]+) -->\n).*?(<!-- \/measured -->)/gs;

/** A document with the tables of each record between its markers. @throws Error for an unknown record */
export const withMeasurements = (document: string, records: ReadonlyMap<string, Measurement>): string =>
  document.replaceAll(block, (_, begin: string, name: string, end: string) => {
    const record = records.get(name);
    if (!record) throw new Error(`docs/measurements/${name}.json does not exist`);
    return `${begin}\n${markdownOf(record)}\n${end}`;
  });

/** The names of the records that a document shows. */
export const measurementsIn = (document: string): string[] =>
  [...document.matchAll(block)].map(([, , name = '']) => name);

function markdownOf({ command, measured, machine, tables }: Measurement): string {
  const shown = tables.map(({ title, rows }) => `${title}:\n\n${tableOf(rows)}\n`);
  return [`\`${command}\`, ${measured}, ${machine}.\n`, ...shown].join('\n');
}

function tableOf(rows: Measurement['tables'][number]['rows']): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => names.map((name) => textOf(row[name] ?? '')));
  return [names, names.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Three significant digits; a benchmark's figures are not more precise. */
function textOf(value: string | number): string {
  if (typeof value === 'string' || Number.isInteger(value)) return String(value);
  return value < 100 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString('en');
}
