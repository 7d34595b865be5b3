/** `npm run reset`: empties the data folder, so that the next start is a first start. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } } });
const root = join(import.meta.dirname, '..');
const dataDir = resolve(root, values['data-dir'] ?? process.env.SHOP_LOCAL_DATA_DIR ?? '.local');

if (values.help) {
  console.log('npm run reset [-- --data-dir PATH]\n\nEmpties the data folder of the local shop (.local).');
} else if ([root, homedir(), process.cwd()].some(isWithinDataDir)) {
  console.error(`${dataDir} holds more than a shop's data: name the data folder itself.`);
  process.exitCode = 1;
} else if (runs()) {
  console.error(`A shop runs on ${dataDir}: end it first (Ctrl-C).`);
  process.exitCode = 1;
} else {
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`${dataDir} is empty.`);
}

/** Whether emptying the data folder would take this with it: a slip of the option must not cost the code or a home. */
function isWithinDataDir(path: string): boolean {
  const way = relative(dataDir, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** Whether a platform that lives noted itself in the folder. */
function runs(): boolean {
  const note = join(dataDir, 'running.json');
  if (!existsSync(note)) return false;
  try {
    const { pid } = JSON.parse(readFileSync(note, 'utf8')) as { pid: number };
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
