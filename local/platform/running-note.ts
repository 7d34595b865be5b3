import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../platform.ts';
import type { Administrator } from './first-start.ts';

/**
 * Notes where the shop runs, for `npm run demo` and other tools, in a file that only its owner may read. The answer
 * takes it away.
 */
export function noteRunning(dataDir: string, platform: Platform, admin: Administrator): () => void {
  const file = join(dataDir, 'running.json');
  const note = {
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
