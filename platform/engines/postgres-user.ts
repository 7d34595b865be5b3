import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../../build/start-error.ts';

const run = promisify(execFile);

/** How to start a PostgreSQL program: the user, and the command that switches to it. */
export type RunAs = {
  command(program: string, args: string[]): { command: string; args: string[] };
  uid?: number;
  gid?: number;
};

const currentUser: RunAs = { command: (command, args) => ({ command, args }) };

/**
 * PostgreSQL does not run as root. Started by root, it runs as the owner of an existing data folder, or as the system's
 * `postgres` or `nobody`; no user is created. When that user may not enter a folder on the path of the programs or the
 * data (a clone in /root, a `mkdtemp` folder), `setpriv` of util-linux gives the process the capability
 * dac_read_search, with which it may enter every folder, so that the folder's permissions need no change.
 * @throws StartError when there is no such user, or the folder is closed and there is no `setpriv`
 */
export async function postgresUser(dataDir: string, binaries: string): Promise<RunAs> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32' || process.getuid?.() !== 0) return currentUser;
  const { uid, gid } = await chooseUser(dataDir);
  await chown(dataDir, uid, gid);
  if ((await mayReach(dirname(resolve(dataDir)), uid)) && (await mayReach(binaries, uid)))
    return { ...currentUser, uid, gid };
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/sbin/setpriv'].find((path) => existsSync(path));
  if (!setpriv)
    throw new StartError(
      `PostgreSQL does not run as root, and its user may not enter ${dirname(resolve(dataDir))}: start as an ordinary user, or put the project in a folder that others may enter.`,
    );
  const flags = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  for (const set of ['inh-caps', 'ambient-caps', 'bounding-set'])
    flags.push(`--${set}=-all,+dac_read_search`);
  return {
    command: (program, args) => ({ command: setpriv, args: [...flags, '--', program, ...args] }),
  };
}

async function chooseUser(dataDir: string): Promise<{ uid: number; gid: number }> {
  const owner = await stat(dataDir);
  if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(
      ['-u', '-g'].map((flag) => run('id', [flag, name]).then((out) => Number.parseInt(out.stdout, 10))),
    ).catch(() => undefined);
    if (ids?.[0] && ids[1]) return { uid: ids[0], gid: ids[1] };
  }
  throw new StartError('PostgreSQL does not run as root: start as an ordinary user, or add a user postgres.');
}

/** Whether that user may enter `folder` and every folder above it. */
async function mayReach(folder: string, uid: number): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode, uid: owner } = await stat(path);
    if (!(mode & 0o001) && !(owner === uid && mode & 0o100)) return false;
    if (path === dirname(path)) return true;
  }
}
