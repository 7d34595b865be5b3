import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../start-platform.ts';
import type { Administrator } from './first-start.ts';

/** Where the shop of a data folder runs; the password is known only of a shop that made its administrator itself. */
export type RunningNote = {
  pid: number;
  apiUrl: string;
  consoleUrl: string;
  awsUrl: string;
  paymentsUrl: string;
  adminEmail: string;
  adminPassword?: string;
};

const noteIn = (dataDir: string): string => join(dataDir, 'running.json');

/** The note of the shop that runs on a data folder; undefined when none does. */
export function readRunningNote(dataDir: string): RunningNote | undefined {
  try {
    return JSON.parse(readFileSync(noteIn(dataDir), 'utf8')) as RunningNote;
  } catch {
    return undefined;
  }
}

/**
 * Notes where the shop runs, for `npm run demo` and other tools, in a file that only its owner may read. The answer
 * takes it away.
 */
export function noteRunning(dataDir: string, platform: Platform, admin: Administrator): () => void {
  const file = noteIn(dataDir);
  const note: RunningNote = {
    pid: process.pid,
    apiUrl: platform.apiUrl,
    consoleUrl: platform.consoleUrl,
    awsUrl: platform.awsUrl,
    paymentsUrl: platform.paymentsUrl,
    adminEmail: admin.email,
    ...(admin.password === undefined ? {} : { adminPassword: admin.password }),
  };
  writeFileSync(file, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
