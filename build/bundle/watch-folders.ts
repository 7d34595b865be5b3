import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

export type FolderListener = {
  /** A file or folder was written, created, renamed or deleted; for a folder this includes its content. */
  touched: (path: string) => void;
  failed: (error: Error) => void;
};

/**
 * Watches folders below `root` and their content, with one watcher per folder and parent folder. Node's recursive
 * watching on Linux watches inodes, so it loses a file once another is renamed over it. Returns a function that
 * stops watching.
 */
export function watchFolders(root: string, folders: string[], listener: FolderListener): () => void {
  const watchers = new Map<string, FSWatcher>();
  const concerned = (path: string) =>
    folders.some((folder) => isWithin(path, folder) || isWithin(folder, path));

  const enter = (folder: string) => {
    try {
      // Watch before reading, so that no file created in between is missed.
      const watcher = watch(folder, (event, name) => {
        if (name !== null) heard(event, join(folder, name));
      });
      watchers.set(folder, watcher.on('error', listener.failed));
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && concerned(path)) enter(path);
      }
    } catch (error) {
      // It may be deleted before it is watched or read.
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
      // It may now be another folder of the same name.
      leave(path);
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) enter(path);
    }
    listener.touched(path);
  };

  enter(root);
  return () => leave(root);
}

/** Whether a path is the folder or inside it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder + sep);
