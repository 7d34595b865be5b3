import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

declare global {
  /** The shop of this run; absent when the suites run against another one. */
  var runningShop:
    | { process: ChildProcess; dataDir: string; consoleUrl: string; controlSecret: string }
    | undefined;
}

type RunningFile = {
  apiUrl: string;
  consoleUrl: string;
  controlSecret: string;
  paymentsUrl: string;
  awsUrl: string;
  adminEmail: string;
  adminPassword: string;
};

/** A first start compiles every stack on the same two cores. */
const startTimeoutMs = 120_000;

/**
 * Starts the shop for the project `e2e` as `npm start` does, on free ports and with data that is deleted at the end, and
 * sets its addresses in environment variables. With `E2E_BASE_URL` the suites run against that shop instead.
 */
export default async function startPlatform(): Promise<void> {
  if (process.env.E2E_BASE_URL) return;
  const root = join(import.meta.dirname, '..', '..');
  const dataDir = await mkdtemp(join(tmpdir(), 'shop-e2e-'));
  const ports = ['--port', '--console-port', '--aws-port', '--payments-port'].flatMap((flag) => [flag, '0']);
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const shop = spawn(
    process.execPath,
    [
      '--max-semi-space-size=4',
      '--max-old-space-size=384',
      'platform/main.ts',
      ...ports,
      '--data-dir',
      dataDir,
      '--no-watch',
      '--no-seed',
      '--no-flush',
      '--log-level',
      'error',
    ],
    // The shop exits when the IPC channel closes, however this process ends.
    { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  await started(shop);
  const note = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as RunningFile;
  globalThis.runningShop = { process: shop, dataDir, ...note };
  Object.assign(process.env, {
    E2E_BASE_URL: note.apiUrl,
    E2E_CONTROL_URL: note.consoleUrl,
    E2E_CONTROL_SECRET: note.controlSecret,
    E2E_PAYMENTS_URL: note.paymentsUrl,
    E2E_AWS_URL: note.awsUrl,
    E2E_DATA_DIR: dataDir,
    E2E_ADMIN_EMAIL: note.adminEmail,
    E2E_ADMIN_PASSWORD: note.adminPassword,
  });
}

/** Resolves when the shop runs. @throws Error when it exits before or does not start in time */
function started(shop: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      shop.kill('SIGTERM');
      reject(new Error(`The shop did not start within ${startTimeoutMs / 1000} s.`));
    }, startTimeoutMs);
    shop.once('exit', (code) => {
      clearTimeout(timeout);
      reject(new Error(`The shop exited while starting, with code ${code}.`));
    });
    shop.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (!text.includes('The shop is running')) return;
      clearTimeout(timeout);
      resolve();
    });
  });
}
