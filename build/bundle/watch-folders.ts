import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

export type FolderListener = {
  /** A file or a folder was written, made, renamed or removed; of a folder this stands for all that is in it. */
  touched: (path: string) => void;
  failed: (error: Error) => void;
};

/**
 * Watches folders below `root` with all that is in them, by one watcher for each folder and for those that lead to
 * it. Node's recursive watching follows the files themselves on Linux, so that it does not see a file again once
 * another was renamed over it. The answer ends the watching.
 */
export function watchFolders(root: string, folders: string[], listener: FolderListener): () => void {
  const watchers = new Map<string, FSWatcher>();
  const concerned = (path: string) =>
    folders.some((folder) => isWithin(path, folder) || isWithin(folder, path));

  const enter = (folder: string) => {
    try {
      // First watched, then read, so that nothing is missed that is made in between.
      const watcher = watch(folder, (event, name) => {
        if (name !== null) heard(event, join(folder, name));
      });
      watchers.set(folder, watcher.on('error', listener.failed));
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && concerned(path)) enter(path);
      }
    } catch (error) {
      // It may go again before it is watched or read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') listener.failed(error as Error);
    }
  };
  const leave = (folder: string) => {
    for (const [path, watcher] of watchers) {
      if (!isWithin(path, folder)) continue;
      watcher.close();
      watchers.delete(path);
    }
  };
  const heard = (event: string, path: string) => {
    if (!concerned(path)) return;
    if (event === 'rename') {
      // What is there now may be another folder of the same name.
      leave(path);
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) enter(path);
    }
    listener.touched(path);
  };

  enter(root);
  return () => leave(root);
}

/** Whether a path is the folder's own or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder + sep);
