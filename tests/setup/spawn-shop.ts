import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Addresses and administrator of a running shop. */
type RunningFile = {
  apiUrl: string;
  consoleUrl: string;
  controlSecret: string;
  paymentsUrl: string;
  awsUrl: string;
  awsCredentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  adminEmail: string;
  adminPassword: string;
};

/** A first start compiles every stack on the same two cores. */
const startTimeoutMs = 120_000;

/**
 * Starts a shop as `npm start` does, on free ports, with an empty data folder and more options. The caller stops the
 * process and deletes the folder.
 */
export async function spawnShop(
  options: string[] = [],
): Promise<RunningFile & { process: ChildProcess; dataDir: string }> {
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
      ...options,
    ],
    // The shop exits when the IPC channel closes, however this process ends.
    { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  await started(shop);
  const note = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as RunningFile;
  return { ...note, process: shop, dataDir };
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
