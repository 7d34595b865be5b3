import { chown, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Folders whose contents a base backup omits (PostgreSQL manual, "Making a Base Backup Using the Low Level API"): the log,
 * which is in the archive, and the state of the running server.
 */
const emptyFolders = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
];
const omittedFiles = /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init|backup_label\.old)$/;

/** Whether a base backup includes a path, relative to the data folder. */
export function isBackedUp(path: string): boolean {
  const parts = path.split('/');
  return (
    !(parts.length > 1 && emptyFolders.includes(parts[0] ?? '')) && !omittedFiles.test(parts.at(-1) ?? '')
  );
}

/** Whether a file of `pg_wal` is a log segment or a timeline history. */
export const isLog = (name: string): boolean => /^([0-9A-F]{24}|[0-9A-F]{8}\.history)$/.test(name);

/**
 * Copies the folders and files that `isIncluded` accepts, with their owners: started by root, the server runs as another
 * user. Files that disappear meanwhile are skipped, as the manual allows during a backup. Returns the bytes copied.
 */
export async function copyTree(
  from: string,
  to: string,
  isIncluded: (path: string) => boolean,
): Promise<number> {
  let bytes = 0;
  const copyFolder = async (path: string): Promise<void> => {
    await mkdir(join(to, path), { recursive: true, mode: 0o700 });
    await copyOwner(join(from, path), join(to, path));
    for (const entry of await readdir(join(from, path), { withFileTypes: true })) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (!isIncluded(inner)) continue;
      if (entry.isDirectory()) await copyFolder(inner);
      if (!entry.isFile()) continue; // sockets
      try {
        await copyFile(join(from, inner), join(to, inner));
        await copyOwner(join(from, inner), join(to, inner));
        bytes += (await stat(join(to, inner))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  };
  await copyFolder('');
  return bytes;
}

/** Writes a file that the data folder's owner can read. */
export async function writeOwned(
  folder: string,
  name: string,
  text: string,
  flag: 'w' | 'a' = 'w',
): Promise<void> {
  await writeFile(join(folder, name), text, { flag, mode: 0o600 });
  await copyOwner(folder, join(folder, name));
}

async function copyOwner(model: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(model);
  await chown(path, uid, gid);
}
