import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ShopClient } from '../client/shop-client.ts';
import { commandLine, cpuSeconds, memoryMb, processTree } from './measure.ts';

/** What the process of the shop tells once it runs. */
export type Ready = {
  apiUrl: string;
  consoleUrl: string;
  adminEmail: string;
  adminPassword: string;
  databasePort: number;
  databasePassword: string;
};

/** A shop to measure; the load comes from this process, the shop has its own. */
export type MeasuredShop = Ready & {
  admin: ShopClient;
  visitor: ShopClient;
  /** CPU seconds used so far, by part: platform, hosts, engines. */
  cpuByPart(): Record<string, number>;
  /** Memory of each process, in MB. */
  memory(): { name: string; mb: number }[];
  stop(): Promise<void>;
};

/** Starts the whole shop with fresh data. `several` invocations at once per instance, or a `single` one. */
export async function startShop(mode: 'several' | 'single'): Promise<MeasuredShop> {
  // Under the project, since PostgreSQL's own user must be able to enter it.
  const folder = await mkdtemp(join(import.meta.dirname, '..', '.local-bench-'));
  const child = fork(join(import.meta.dirname, 'platform-process.ts'), [folder, mode], {
    execArgv: await startFlags(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the shop ended with ${String(code)}`);
  });
  failed.catch(() => {});
  const [ready] = (await Promise.race([once(child, 'message'), failed])) as [Ready];
  const visitor = new ShopClient(ready.apiUrl);
  return {
    ...ready,
    visitor,
    admin: await visitor.signIn(ready.adminEmail, ready.adminPassword),
    cpuByPart: () => sumByPart(child, cpuSeconds),
    memory: () => Object.entries(sumByPart(child, memoryMb)).map(([name, mb]) => ({ name, mb })),
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** V8's flags of `npm start`, so that memory is measured as it is there. */
async function startFlags(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function sumByPart(child: ChildProcess, of: (pid: number) => number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const pid of processTree(child.pid ?? 0)) {
    const name = nameOf(pid, child.pid ?? 0);
    sums[name] = (sums[name] ?? 0) + (of(pid) || 0);
  }
  return sums;
}

/** What a process is, from its command line. */
function nameOf(pid: number, platform: number): string {
  if (pid === platform) return 'platform (gateway, AWS endpoint, sources, messaging)';
  const command = commandLine(pid);
  if (command.includes('dynoxide')) return 'DynamoDB engine';
  if (command.includes('postgres')) return 'PostgreSQL';
  if (command.includes('host/child')) return 'Lambda hosts';
  return 'watchdogs and helpers';
}
