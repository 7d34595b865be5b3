/** `npm run prove:restore`: backs up, destroys and restores a shop under load; see docs/disaster-recovery.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { root } from '../../build/stacks.ts';
import { drill, parts } from './drill.ts';
import { formatReport } from './report.ts';

const help = `npm run prove:restore [-- --seconds 20 --customers 6 --orders 1500 --without log]

Restore drill on this machine: starts the whole shop, backs up its stores while customers order, kills and deletes it,
restores it into an empty folder, republishes its events, and compares the result with what customers were told. Prints
recovery time and recovery point. Exits with 1 when a committed order is lost or another check fails.

  --seconds    load after the base backup (8 to 60; default 20)
  --customers  concurrent customers (1 to 32; default 6)
  --orders     maximum number of orders (1 to 5000; default 1500)
  --without    skips a part of the restoration (log or replay), to verify that the drill then fails`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    customers: { type: 'string', default: '6' },
    orders: { type: 'string', default: '1500' },
    without: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const optionsSchema = z.object({
  seconds: z.coerce.number().int().min(8).max(60),
  customers: z.coerce.number().int().min(1).max(32),
  orders: z.coerce.number().int().min(1).max(5_000),
  without: z.enum(parts).optional(),
});
const parsed = optionsSchema.safeParse(values);

if (values.help) console.log(help);
else if (parsed.success) await run(parsed.data);
else {
  console.error(`${z.prettifyError(parsed.error)}\n\n${help}`);
  process.exitCode = 1;
}

async function run({ orders, without, ...options }: z.output<typeof optionsSchema>): Promise<void> {
  const startedAt = performance.now();
  const log = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  // Inside the project, because PostgreSQL's own user must be able to enter the folder.
  const folder = await mkdtemp(join(root, '.local-restore-'));
  const stops: (() => Promise<unknown>)[] = [];
  const cleanUp = async () => {
    for (const stop of stops.splice(0))
      await stop().catch((error: unknown) => {
        console.error('cleanup failed:', error);
        process.exitCode = 1;
      });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const onEnd = (stop: () => Promise<unknown>) => stops.push(stop);
    const report = await drill({
      ...options,
      ...(without && { without }),
      maxOrders: orders,
      folder,
      log,
      onEnd,
    });
    const { lines, passed } = formatReport(report);
    log('done\n');
    console.log(lines.join('\n'));
    process.exitCode = passed ? 0 : 1;
  } finally {
    await cleanUp();
  }
}
