import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build/stacks.ts';
import { ShopClient } from '../client/shop-client.ts';
import { commandLine, cpuSeconds, memoryMb, processTree } from './measure.ts';
import { type RunningShop, startShopProcess } from './shop-process.ts';

/** A shop to measure. The load runs in this process, the shop in its own. */
export type MeasuredShop = Omit<RunningShop, 'admin'> & {
  admin: ShopClient;
  anonymous: ShopClient;
  /** CPU seconds used so far, by part: platform, hosts, engines. */
  cpuByPart(): Record<string, number>;
  /** CPU used since then for each of `count` items, by part, in ms. */
  cpuMsPer(count: number, since: Record<string, number>): Record<string, number>;
  /** Memory by part, in MB. */
  memory(): { name: string; mb: number }[];
  /** The folder of the functions' log files. */
  logFolder: string;
  stop(): Promise<void>;
};

/**
 * Starts the whole shop with an empty data folder and the Node options of `npm start`.
 * @param redis the shared tier of the catalogue's cache; by default there is none
 */
export async function startShop(
  mode: 'several' | 'single',
  redis?: { host: string; port: number },
): Promise<MeasuredShop> {
  // Inside the project, because PostgreSQL's own user must be able to enter the folder.
  const dataDir = await mkdtemp(join(root, '.local-bench-'));
  const { shop, pid, stop } = await startShopProcess(
    { dataDir, mode, redis, logErrors: true },
    await startFlags(),
  );
  const anonymous = new ShopClient(shop.apiUrl);
  return {
    ...shop,
    anonymous,
    admin: await anonymous.signIn(shop.admin.email, shop.admin.password),
    cpuByPart: () => sumByPart(pid, cpuSeconds),
    cpuMsPer: (count, since) =>
      Object.fromEntries(
        Object.entries(sumByPart(pid, cpuSeconds)).map(([part, used]) => [
          part,
          ((used - (since[part] ?? 0)) * 1000) / count,
        ]),
      ),
    memory: () => Object.entries(sumByPart(pid, memoryMb)).map(([name, mb]) => ({ name, mb })),
    logFolder: join(dataDir, 'logs'),
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startFlags(): Promise<string[]> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function sumByPart(platform: number, of: (pid: number) => number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const pid of processTree(platform)) {
    const name = pid === platform ? 'platform (gateway, AWS endpoint, messaging)' : partOf(commandLine(pid));
    sums[name] = (sums[name] ?? 0) + (of(pid) || 0);
  }
  return sums;
}

function partOf(command: string): string {
  if (command.includes('dynoxide')) return 'DynamoDB engine';
  if (command.includes('postgres')) return 'PostgreSQL';
  if (command.includes('host/host-main')) return 'Lambda hosts';
  return 'other';
}
