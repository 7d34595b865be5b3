import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Whereabouts } from './local-platform.ts';

declare global {
  /** The platform of this run; absent when the run was pointed at one that runs elsewhere. */
  var platformOfProbes: { process: ChildProcess; dataDir: string } | undefined;
}

/** A first start compiles the probes, on a machine that may have other work. */
const startLimitMs = 60_000;

/**
 * Starts the local platform with the probes on it, on free ports and with data that is thrown away. With
 * `CONTRACT_BASE_URL` the suite runs against the platform there instead.
 */
export default async function startPlatformOfProbes(): Promise<void> {
  if (process.env['CONTRACT_BASE_URL']) return;
  const dataDir = await mkdtemp(join(tmpdir(), 'contract-'));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const platform = fork(join(import.meta.dirname, 'local-platform.ts'), [dataDir], { env, execArgv: [] });
  globalThis.platformOfProbes = { process: platform, dataDir };
  Object.assign(process.env, await whereabouts(platform));
}

/** Resolves with what the platform tells of itself. Throws when it ends before, or is silent for too long. */
function whereabouts(platform: ChildProcess): Promise<Whereabouts> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      platform.disconnect();
      reject(new Error(`The platform of the probes was not there after ${startLimitMs / 1000} s.`));
    }, startLimitMs);
    platform.once('message', (message) => {
      clearTimeout(limit);
      resolve(message as Whereabouts);
    });
    platform.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`The platform of the probes ended while starting, with code ${code}.`));
    });
  });
}
