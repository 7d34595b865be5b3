/** `npm run prove:restore`: a shop is backed up, destroyed and restored under load; see docs/disaster-recovery.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../build/stacks.ts';
import { drill, type Part, parts } from './drill.ts';
import { inWords } from './report.ts';

const help = `npm run prove:restore [-- --seconds 20 --customers 6 --orders 1500 --without log]

Restore drill on this machine: starts the whole shop, backs its stores up while customers order, kills and deletes it,
restores it into an empty folder, sends its events again, and holds the result to what customers were promised. Prints
recovery time and recovery point. Ends with 1 when a committed order is lost or anything else is not as it must be.

  --seconds    load after the base backup (8 to 60; default 20)
  --customers  who order side by side (1 to 32; default 6)
  --orders     at most so many (1 to 5000; default 1500)
  --without    leaves a part of the restoration out (log or replay), to see that the drill notices`;

const refuse = (why: string): never => {
  console.error(`${why}\n\n${help}`);
  process.exit(1);
};
const whole = (text: string, least: number, most: number): number => {
  const number = Number(text);
  return Number.isInteger(number) && number >= least && number <= most
    ? number
    : refuse(`${text} is not a whole number from ${least} to ${most}.`);
};
const part = (text: string): Part =>
  parts.find((one) => one === text) ?? refuse(`${text} is none of ${parts.join(', ')}.`);

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    customers: { type: 'string', default: '6' },
    orders: { type: 'string', default: '1500' },
    without: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const asked = {
  seconds: whole(values.seconds, 8, 60),
  customers: whole(values.customers, 1, 32),
  maxOrders: whole(values.orders, 1, 5_000),
  ...(values.without === undefined ? {} : { without: part(values.without) }),
};
const startedAt = performance.now();
const log = (line: string) =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
// Under the project, since PostgreSQL's own user must be able to enter it.
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
  const report = await drill({ ...asked, folder, log, onEnd: (stop) => stops.push(stop) });
  const { lines, passed } = inWords(report);
  log('done\n');
  console.log(lines.join('\n'));
  process.exitCode = passed ? 0 : 1;
} finally {
  await cleanUp();
}
