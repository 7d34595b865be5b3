import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnGuarded } from '../../platform/engines/guarded-process.ts';
import { choosePort } from '../../platform/engines/ports.ts';
import { endGroup, nodeFirst, run, tail } from './processes.ts';
import { typeFates } from './types.ts';

/** A running AWS emulator: where it is, and what a program needs in its environment to take it for AWS. */
export type Emulator = {
  endpoint: string;
  region: string;
  accountId: string;
  /** For the operator's own commands; the emulator takes this key for the account's root. */
  environment: Record<string, string>;
  logFile: string;
  /** Ends the emulator and the functions that it started. */
  stop(): Promise<void>;
};

const requirements = join(import.meta.dirname, 'requirements.txt');
const startTimeoutMs = 60_000;

/**
 * Installs the pinned emulator into a Python virtual environment of its own under `.cache`, once per content of
 * requirements.txt. Answers the path of its Python.
 */
export async function installMinistack(root: string): Promise<string> {
  const venv = join(root, '.cache/ministack');
  const marker = join(venv, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const python = join(venv, 'bin/python');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return python;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  const step = { cwd: root, env: env as Record<string, string>, logFile: join(root, '.cache/ministack.log') };
  await run({ ...step, command: 'python3', args: ['-m', 'venv', '--clear', venv], timeoutMs: 60_000 });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await run({ ...step, command: python, args: [...install, '-r', requirements], timeoutMs: 180_000 });
  writeFileSync(marker, wanted);
  return python;
}

/**
 * Starts the emulator on a free port of the loopback interface with its IAM evaluator on; all its data lies in
 * `directory`. Throws with the end of its log when it does not answer in time.
 */
export async function startMinistack(root: string, directory: string): Promise<Emulator> {
  const python = await installMinistack(root);
  const port = await choosePort('the AWS emulator');
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = join(directory, 'ministack.log');
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // The emulator's worker for Node functions is a CommonJS file in there, whatever package lies above.
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }');
  // Read by workarounds.py.
  writeFileSync(join(directory, 'left-out.json'), JSON.stringify(typeFates.leftOut));
  const region = 'eu-west-1';
  const accountId = '000000000000';
  const emulator = spawnGuarded({
    command: '/bin/sh',
    args: [
      '-c',
      'unset PWD; exec "$0" "$1" >"$2" 2>&1',
      python,
      join(import.meta.dirname, 'workarounds.py'),
      logFile,
    ],
    cwd: directory,
    signalOnParentExit: 'TERM',
    // Functions inherit the emulator's environment, so it gets a bare one.
    env: {
      PATH: nodeFirst(root),
      HOME: directory,
      LANG: 'C.UTF-8',
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      MINISTACK_ACCOUNT_ID: accountId,
      PERSIST_STATE: '0',
      STATE_DIR: join(directory, 'state'),
      TMPDIR: temporary,
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
  });
  const stop = async () => {
    await emulator.stop('SIGTERM');
    endGroup(emulator.pid);
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(`${endpoint}/_ministack/health`))) {
    if (emulator.child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The emulator did not start. The end of ${logFile}:\n${tail(logFile)}`);
    }
    await pause(100);
  }
  return {
    endpoint,
    region,
    accountId,
    logFile,
    stop,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: region,
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
