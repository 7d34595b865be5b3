import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { StartError } from '../../build/start-error.ts';

/** Files by which a data folder of the platform is known. */
const knownFiles = ['secrets.json', 'calls.json'];

/**
 * Creates the data folder, or closes an existing one to other users: it contains secrets, mails and customers' data.
 * @throws StartError for a folder with other files that other users may enter: closing `/tmp` would break the machine
 */
export function closeDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Windows has no such permissions; a folder there inherits those of the user's profile.
  if (process.platform === 'win32' || (statSync(dataDir).mode & 0o077) === 0) return;
  const files = readdirSync(dataDir);
  if (files.length > 0 && !knownFiles.some((name) => files.includes(name)))
    throw new StartError(
      `--data-dir takes a folder for the shop's data alone: other users may enter ${dataDir}, and it contains other files.`,
    );
  chmodSync(dataDir, 0o700);
}
