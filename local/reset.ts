/** `npm run reset`: empties the data folder, so that the next start is a first start. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } } });
const root = join(import.meta.dirname, '..');
const dataDir = resolve(root, values['data-dir'] ?? process.env.SHOP_LOCAL_DATA_DIR ?? '.local');

if (values.help) {
  console.log('npm run reset [-- --data-dir PATH]\n\nEmpties the data folder of the local shop (.local).');
} else if (runs()) {
  console.error(`A shop runs on ${dataDir}: end it first (Ctrl-C).`);
  process.exitCode = 1;
} else {
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`${dataDir} is empty.`);
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
