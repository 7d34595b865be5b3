import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** A copy of all tables as they were at one moment (ms). */
export type TableCopy = { file: string; at: number };

/** Copies of the tables, made again and again. */
export type TableCopies = {
  /** The newest that was whole before that time (ms). */
  before(time: number): TableCopy | undefined;
  stop(): Promise<void>;
};

/** All pages in one step: it sees one moment, and a writer does not make it start over. */
const allPages = 0x7fff_ffff;

/**
 * Copies the DynamoDB engine's file by SQLite's own online backup, while the engine writes: it keeps a write-ahead log,
 * so that readers and the writer do not wait for each other.
 */
export function copyTables(file: string, folder: string, everyMs: number): TableCopies {
  const ending = new AbortController();
  const whole: (TableCopy & { doneAt: number })[] = [];
  const copying = (async () => {
    await mkdir(folder, { recursive: true });
    for (let number = 1; !ending.signal.aborted; number += 1) {
      const at = Date.now();
      const copy = join(folder, `${number}.sqlite`);
      const source = new DatabaseSync(file, { readOnly: true });
      try {
        await backup(source, `${copy}.part`, { rate: allPages });
      } finally {
        source.close();
      }
      await rename(`${copy}.part`, copy);
      whole.push({ file: copy, at, doneAt: Date.now() });
      await pause(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  copying.catch(() => {}); // told by `stop`
  return {
    before: (time) => whole.findLast(({ doneAt }) => doneAt < time),
    stop: async () => {
      ending.abort();
      await copying;
    },
  };
}

/** Lays a copy out for the engine. A table that is restored begins a new stream: the old one's records are not in it. */
export async function layOutTables(copy: TableCopy, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = new DatabaseSync(copy.file);
  try {
    source.exec('DELETE FROM _stream_records');
    await backup(source, join(folder, 'dynamodb.sqlite'), { rate: allPages });
  } finally {
    source.close();
  }
}
