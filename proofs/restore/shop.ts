import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { commandLine, processTree } from '../../bench/measure.ts';
import { type RunningShop, type ShopOptions, startShopProcess } from '../../bench/shop-process.ts';
import { until } from '../../client/shop-actions.ts';

/** A shop in its own process that can be destroyed like a lost availability zone. */
export type Shop = RunningShop & {
  /** Kills engines, hosts and the platform with SIGKILL; returns the time (ms). Does nothing after it has ended. */
  kill(): Promise<number>;
};

/** Starts a shop on a data folder. @throws Error when it ends before it is ready */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { shop, pid, exited } = await startShopProcess(options);
  let hasEnded = false;
  void exited.then(() => {
    hasEnded = true;
  });
  return {
    ...shop,
    kill: async () => (hasEnded ? Date.now() : kill(pid, options.dataDir)),
  };
}

async function kill(pid: number, dataDir: string): Promise<number> {
  const segment = await sharedMemory(dataDir);
  const pids = processTree(pid);
  const at = Date.now();
  // The engines first: their watchdogs would otherwise stop them in order.
  for (const each of pids.toReversed())
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  await until(
    async () => pids.filter((each) => commandLine(each) !== ''),
    (alive) => alive.length === 0,
  );
  // A killed server leaves its segment until the next start on the same folder, which never happens.
  if (segment !== undefined) await execa('ipcrm', ['-m', segment], { reject: false });
  return at;
}

/** The id of PostgreSQL's System V segment: the second number of the seventh line of `postmaster.pid`. */
async function sharedMemory(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n')[6]?.trim().split(/\s+/)[1];
}
