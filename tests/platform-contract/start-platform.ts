import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteEnvironment } from './local-platform.ts';

declare global {
  /** The platform of this run; absent when the suite runs against another one. */
  var platformOfProbes: { process: ChildProcess; dataDir: string } | undefined;
}

/** A first start compiles the probes, on a machine that may have other work. */
const startTimeoutMs = 60_000;

/**
 * Starts the local platform with the probes on it, on free ports and with data that is deleted at the end. With
 * `CONTRACT_BASE_URL` the suite runs against the platform there instead.
 */
export default async function startPlatformOfProbes(): Promise<void> {
  if (process.env['CONTRACT_BASE_URL']) return;
  const dataDir = await mkdtemp(join(tmpdir(), 'contract-'));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const platform = fork(join(import.meta.dirname, 'local-platform.ts'), [dataDir], { env, execArgv: [] });
  globalThis.platformOfProbes = { process: platform, dataDir };
  Object.assign(process.env, await suiteEnvironment(platform));
}

/** Resolves with the message of the platform. @throws Error when it exits before, or sends nothing in time */
function suiteEnvironment(platform: ChildProcess): Promise<SuiteEnvironment> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      platform.disconnect();
      reject(new Error(`The platform of the probes did not start within ${startTimeoutMs / 1000} s.`));
    }, startTimeoutMs);
    platform.once('message', (message) => {
      clearTimeout(limit);
      resolve(message as SuiteEnvironment);
    });
    platform.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`The platform of the probes ended while starting, with code ${code}.`));
    });
  });
}
