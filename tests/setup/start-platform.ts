import type { ChildProcess } from 'node:child_process';
import { spawnShop } from './spawn-shop.ts';

declare global {
  /** The shop of this run; absent when the suites run against another one. */
  var runningShop:
    | { process: ChildProcess; dataDir: string; consoleUrl: string; controlSecret: string }
    | undefined;
}

/**
 * Starts the shop for the project `e2e` as `npm start` does, on free ports and with data that is deleted at the end, and
 * sets its addresses in environment variables. With `E2E_BASE_URL` the suites run against that shop instead.
 */
export default async function startPlatform(): Promise<void> {
  if (process.env.E2E_BASE_URL) return;
  const { process: shop, dataDir, ...note } = await spawnShop();
  globalThis.runningShop = { process: shop, dataDir, ...note };
  Object.assign(process.env, {
    E2E_BASE_URL: note.apiUrl,
    E2E_CONTROL_URL: note.consoleUrl,
    E2E_CONTROL_SECRET: note.controlSecret,
    E2E_PAYMENTS_URL: note.paymentsUrl,
    E2E_AWS_URL: note.awsUrl,
    E2E_AWS_CREDENTIALS: JSON.stringify(note.awsCredentials),
    E2E_DATA_DIR: dataDir,
    E2E_ADMIN_EMAIL: note.adminEmail,
    E2E_ADMIN_PASSWORD: note.adminPassword,
  });
}
