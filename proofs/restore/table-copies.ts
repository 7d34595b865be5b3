import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { type Repeating, repeating } from './repeating.ts';

/** A copy of all tables as they were at one moment (ms). */
export type TableCopy = { file: string; at: number };

/** Periodic copies of the tables. */
export type TableCopies = Repeating & {
  /** The newest copy that was complete before that time (ms). */
  before(time: number): TableCopy | undefined;
};

/** All pages in one step, so that the copy is consistent and writes do not restart it. */
const allPages = 0x7fff_ffff;

/** Copies the DynamoDB engine's file with SQLite's online backup while the engine writes to it. */
export function copyTables(file: string, folder: string, everyMs: number): TableCopies {
  const complete: (TableCopy & { doneAt: number })[] = [];
  const { stop } = repeating(everyMs, async () => {
    await mkdir(folder, { recursive: true });
    const at = Date.now();
    const copy = join(folder, `${complete.length + 1}.sqlite`);
    const source = new DatabaseSync(file, { readOnly: true });
    try {
      await backup(source, `${copy}.part`, { rate: allPages });
    } finally {
      source.close();
    }
    await rename(`${copy}.part`, copy);
    complete.push({ file: copy, at, doneAt: Date.now() });
  });
  return { before: (time) => complete.findLast(({ doneAt }) => doneAt < time), stop };
}

/** Writes a copy into the engine's folder. The stream of a restored table starts empty, as on AWS. */
export async function writeTables(copy: TableCopy, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = new DatabaseSync(copy.file);
  try {
    source.exec('DELETE FROM _stream_records');
    await backup(source, join(folder, 'dynamodb.sqlite'), { rate: allPages });
  } finally {
    source.close();
  }
}
