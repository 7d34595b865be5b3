/**
 * Compares checkout of this working tree with an earlier commit: `node bench/compare-checkout.ts <commit> [rounds]`.
 * Both shops run at the same time and are measured in turns of a few seconds, because the speed of a shared machine
 * changes by a fifth from minute to minute: two runs of bench:checkout, one after the other, differ by more than most
 * changes do. The median of the ratios of neighbouring rounds differs by about 3 % between two equal commits.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execaNode } from 'execa';
import { checkOut, commitOf } from '../build/git-commit.ts';
import { root } from '../build/stacks.ts';
import type { Round, RoundRequest } from './checkout-rounds.ts';
import { median, printTable } from './measure.ts';

const [name = 'HEAD~1', rounds = '8'] = process.argv.slice(2);
const customerCounts = [8, 32];
const secondsPerRound = 5;

const commit = await commitOf(root, name);
if (commit === undefined) throw new Error(`${name} is not a commit of this repository.`);
// Inside the project, because PostgreSQL's own user must be able to enter the folder.
const folder = await mkdtemp(join(root, '.local-bench-'));
const shops: Rounds[] = [];
try {
  const before = await checkOut(root, commit, join(folder, 'before'));
  console.log(`before: ${before.title}\nafter: this working tree`);
  for (const project of [before.folder, root]) shops.push(await startRounds(project));
  for (const customers of customerCounts) await compare(customers);
} finally {
  await Promise.all(shops.map((shop) => shop.stop()));
  await rm(folder, { recursive: true, force: true });
}

type Rounds = { measure(request: RoundRequest): Promise<Round>; stop(): Promise<unknown> };

/** Starts the shop of a folder. @throws Error when it ends before it is ready, or has no such benchmark yet */
async function startRounds(project: string): Promise<Rounds> {
  const child = execaNode(join(project, 'bench/checkout-rounds.ts'), {
    cwd: project,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: true,
    reject: false,
  });
  await child.getOneMessage();
  return {
    measure: async (request) => {
      const response = child.getOneMessage();
      await child.sendMessage(request);
      return (await response) as unknown as Round;
    },
    stop: () => {
      child.nodeChildProcess.disconnect();
      return child;
    },
  };
}

async function compare(customers: number): Promise<void> {
  const pairs: [Round, Round][] = [];
  for (let index = 0; index < Number(rounds); index += 1) {
    const inTurn = index % 2 === 0 ? shops : shops.toReversed();
    const measured: Round[] = [];
    for (const shop of inTurn) measured.push(await shop.measure({ customers, seconds: secondsPerRound }));
    pairs.push((index % 2 === 0 ? measured : measured.reverse()) as [Round, Round]);
  }
  const parts = Object.keys(pairs[0]?.[1].cpuMs ?? {}).filter((part) => part !== 'other');
  printTable(`${customers} customers, ${rounds} rounds of ${secondsPerRound} s each: medians`, [
    row('CPU ms/order', pairs, cpuOf),
    ...parts.map((part) => row(`  ${part}`, pairs, ({ cpuMs }) => cpuMs[part] ?? Number.NaN)),
    row('orders/s', pairs, ({ ordersPerSecond }) => ordersPerSecond),
    row('201 p50 ms', pairs, ({ placedP50Ms }) => placedP50Ms),
    row('× floor', pairs, (round) => round.ordersPerSecond / round.floor.ordersPerSecond),
    row('× floor by CPU', pairs, (round) => round.floor.cpuMsPerOrder / cpuOf(round)),
  ]);
}

function cpuOf({ cpuMs }: Round): number {
  return Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
}

function row(figure: string, pairs: readonly [Round, Round][], of: (round: Round) => number) {
  const ratios = pairs.map(([before, after]) => of(after) / of(before));
  return {
    figure,
    before: median(pairs.map(([before]) => of(before))),
    after: median(pairs.map(([, after]) => of(after))),
    'after/before': median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}
