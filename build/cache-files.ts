import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Unused files are deleted after a day: another running platform may still use them. */
const unusedLifetimeMs = 24 * 3600 * 1000;

/** Writes a file that other processes never see incomplete, and its folder if it is missing. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${randomUUID()}`);
  writeFileSync(draft, content);
  renameSync(draft, path);
}

/** Deletes the old entries of a folder that are not used. */
export function deleteUnused(folder: string, isUsed: (name: string) => boolean): void {
  const oldest = Date.now() - unusedLifetimeMs;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!isUsed(name) && stats && stats.mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}
