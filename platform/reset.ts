/** `npm run reset`: empties the data folder, so that the next start is a first start. */
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { dataDirOf } from './options.ts';
import { readRunningNote } from './startup/running-note.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } } });
const root = join(import.meta.dirname, '..');
const dataDir = dataDirOf(root, values['data-dir']);

if (values.help) {
  console.log(`npm run reset [-- --data-dir PATH]

Empties the data folder of the local shop (SHOP_LOCAL_DATA_DIR, .local).`);
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
  const note = readRunningNote(dataDir);
  if (note === undefined) return false;
  try {
    process.kill(note.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
