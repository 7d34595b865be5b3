import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** The shop's administrator; the password is known only in the data folder in which the account was created. */
export type Administrator = { email: string; password: string };

const stored = z.object({ email: z.string(), password: z.string() });

/** Where the credentials are stored, in a file that only its owner may read. */
export const administratorFile = (dataDir: string): string => join(dataDir, 'admin.json');

export function storeAdministrator(dataDir: string, { email, password }: Administrator): void {
  const file = administratorFile(dataDir);
  writeFileSync(file, JSON.stringify({ email, password }), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** The stored credentials; undefined if the account was created elsewhere. */
export function readAdministrator(dataDir: string): Administrator | undefined {
  try {
    return stored.parse(JSON.parse(readFileSync(administratorFile(dataDir), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
