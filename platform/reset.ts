/** `npm run reset`: empties the data folder, so that the next start is a first start. */
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { dataDirOf } from './startup/options.ts';
import { readRunningShop } from './startup/running-shop.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } } });
const root = join(import.meta.dirname, '..');
const dataDir = dataDirOf(root, values['data-dir']);

if (values.help) {
  console.log(`npm run reset [-- --data-dir PATH]

Empties the data folder of the local shop (SHOP_LOCAL_DATA_DIR, .local).`);
} else if ([root, homedir(), process.cwd()].some(isInsideDataDir)) {
  console.error(`${dataDir} contains more than the shop's data: give the data folder itself.`);
  process.exitCode = 1;
} else if (isRunning()) {
  console.error(`A shop is running on ${dataDir}: stop it first (Ctrl-C).`);
  process.exitCode = 1;
} else {
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`${dataDir} is empty.`);
}

/** Whether deleting the data folder would delete this path too: a wrong option must not delete code or a home folder. */
function isInsideDataDir(path: string): boolean {
  const fromDataDir = relative(dataDir, path);
  return !(fromDataDir === '..' || fromDataDir.startsWith(`..${sep}`) || isAbsolute(fromDataDir));
}

/** Whether the process of the folder's running.json is alive. */
function isRunning(): boolean {
  const shop = readRunningShop(dataDir);
  if (shop === undefined) return false;
  try {
    process.kill(shop.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
