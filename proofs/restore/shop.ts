import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandLine } from '../../bench/measure.ts';
import { until } from '../../client/shop-actions.ts';
import { treeOf } from './process-tree.ts';

const run = promisify(execFile);

/** Where a shop keeps its data, and PostgreSQL's settings over those of a laptop. */
export type ShopFolder = { dataDir: string; databaseSettings: Record<string, string> };

/** How a running shop is reached. */
export type Addresses = {
  apiUrl: string;
  consoleUrl: string;
  awsUrl: string;
  paymentsUrl: string;
  /** An operator's. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  region: string;
  stage: string;
  project: string;
  accountId: string;
  /** The password is there only when the account was made by this start. */
  admin: { email: string; password?: string };
  /** PostgreSQL's superuser `postgres` on loopback. */
  database: { port: number; password: string };
};

/** A shop in a process of its own, with its engines and hosts below it. */
export type Shop = Addresses & {
  dataDir: string;
  /**
   * SIGKILLs engines, hosts and the platform in one moment, as a zone is lost; answers when that was (ms). Nothing
   * happens to a shop that has ended.
   */
  kill(): Promise<number>;
};

/** Starts a shop on what is in the folder. @throws Error when it ends before it is ready */
export async function startShop(folder: ShopFolder): Promise<Shop> {
  const child = fork(join(import.meta.dirname, 'shop-process.ts'), [JSON.stringify(folder)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true, // Ctrl-C is for the drill alone, which then ends the shop in order
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the shop ended with ${String(code)}`);
  });
  failed.catch(() => {});
  const [addresses] = (await Promise.race([once(child, 'message'), failed])) as [Addresses];
  return {
    ...addresses,
    dataDir: folder.dataDir,
    kill: () => kill(child, folder.dataDir),
  };
}

async function kill(child: ChildProcess, dataDir: string): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Date.now();
  const segment = await sharedMemory(dataDir);
  const pids = await treeOf(child.pid ?? 0);
  const at = Date.now();
  // The engines first: their watchdogs would let them end in order.
  for (const pid of pids.toReversed())
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself in between.
    }
  await until(
    async () => pids.filter((pid) => commandLine(pid) !== ''),
    (alive) => alive.length === 0,
  );
  // A killed server leaves it to its next start on the same folder, which will not be.
  if (segment !== undefined) await run('ipcrm', ['-m', segment]).catch(() => undefined);
  return at;
}

/** The id of PostgreSQL's System V segment: the second number of the seventh line of `postmaster.pid`. */
async function sharedMemory(dataDir: string): Promise<string | undefined> {
  const note = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return note.split('\n')[6]?.trim().split(/\s+/)[1];
}
