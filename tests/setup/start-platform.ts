import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

declare global {
  /** The shop of this run; absent when the run was pointed at one that runs elsewhere. */
  var runningShop: { process: ChildProcess; dataDir: string; consoleUrl: string } | undefined;
}

type Note = {
  apiUrl: string;
  consoleUrl: string;
  paymentsUrl: string;
  awsUrl: string;
  adminEmail: string;
  adminPassword: string;
};

/** A first start compiles every stack on the same two cores. */
const startTimeoutMs = 120_000;

/**
 * Starts the shop for the project `e2e` as `npm start` does, on free ports and with data that is thrown away, and
 * tells the suites where it is. With `E2E_BASE_URL` the suites run against that shop instead.
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
    // The channel tells the shop when this process is gone, however that happens.
    { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  await answers(shop);
  const note = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as Note;
  globalThis.runningShop = { process: shop, dataDir, consoleUrl: note.consoleUrl };
  Object.assign(process.env, {
    E2E_BASE_URL: note.apiUrl,
    E2E_CONTROL_URL: note.consoleUrl,
    E2E_PAYMENTS_URL: note.paymentsUrl,
    E2E_AWS_URL: note.awsUrl,
    E2E_DATA_DIR: dataDir,
    E2E_ADMIN_EMAIL: note.adminEmail,
    E2E_ADMIN_PASSWORD: note.adminPassword,
  });
}

/** Resolves with the shop's greeting. @throws Error when it ends before, or says nothing for two minutes */
function answers(shop: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      shop.kill('SIGTERM');
      reject(new Error(`The shop did not answer within ${startTimeoutMs / 1000} s.`));
    }, startTimeoutMs);
    shop.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`The shop ended while starting, with code ${code}.`));
    });
    shop.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (!text.includes('The shop is running')) return;
      clearTimeout(limit);
      resolve();
    });
  });
}
