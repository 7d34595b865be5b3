import { chown, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whose contents a base backup leaves out (PostgreSQL's manual, "Making a Base Backup Using the Low Level API"): the
 * log, which the archive has, and what is only good in the running server.
 */
const emptied = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
];
const leftOut = /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init|backup_label\.old)$/;

/** Whether a base backup takes a file or folder, by its path within the data folder with `/`. */
export function isBackedUp(path: string): boolean {
  const parts = path.split('/');
  return !(parts.length > 1 && emptied.includes(parts[0] ?? '')) && !leftOut.test(parts.at(-1) ?? '');
}

/** Whether a file of `pg_wal` is a piece of the log, or the history of a timeline. */
export const isLog = (name: string): boolean => /^([0-9A-F]{24}|[0-9A-F]{8}\.history)$/.test(name);

/**
 * Copies folders and files that `wanted` takes, with their owners: started by root, the server runs as somebody else.
 * A file that goes away meanwhile is passed over, as the manual allows under a running backup. Answers the bytes.
 */
export async function copyTree(from: string, to: string, wanted: (path: string) => boolean): Promise<number> {
  let bytes = 0;
  const copyFolder = async (path: string): Promise<void> => {
    await mkdir(join(to, path), { recursive: true, mode: 0o700 });
    await likeOwner(join(from, path), join(to, path));
    for (const entry of await readdir(join(from, path), { withFileTypes: true })) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (!wanted(inner)) continue;
      if (entry.isDirectory()) await copyFolder(inner);
      if (!entry.isFile()) continue; // sockets
      try {
        await copyFile(join(from, inner), join(to, inner));
        await likeOwner(join(from, inner), join(to, inner));
        bytes += (await stat(join(to, inner))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  };
  await copyFolder('');
  return bytes;
}

/** Writes a file into a data folder that the folder's owner can read. */
export async function writeOwned(
  folder: string,
  name: string,
  text: string,
  flag: 'w' | 'a' = 'w',
): Promise<void> {
  await writeFile(join(folder, name), text, { flag, mode: 0o600 });
  await likeOwner(folder, join(folder, name));
}

async function likeOwner(model: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(model);
  await chown(path, uid, gid);
}
