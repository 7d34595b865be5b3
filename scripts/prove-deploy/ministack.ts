import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { end, launch, run, tail } from './processes.ts';

/** A running AWS emulator: where it is, and what a program needs in its environment to take it for AWS. */
export type Emulator = {
  endpoint: string;
  region: string;
  accountId: string;
  /** For the operator's own commands; the emulator takes this key for the account's root. */
  environment: Record<string, string>;
  logFile: string;
  pid: number;
  stop(): Promise<void>;
};

const requirements = join(import.meta.dirname, 'requirements.txt');
const startTimeoutMs = 60_000;

/** What the emulator and the commands of the proof are given of this process' environment, and no more. */
export function bareEnvironment(root: string, home: string): Record<string, string> {
  return {
    // The Node of this process first: the emulator runs functions with the `node` that it finds.
    PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(':'),
    HOME: home,
    LANG: 'C.UTF-8',
  };
}

/**
 * Installs the pinned emulator into a Python virtual environment under `.cache/venv`, once per content of
 * requirements.txt. Answers the folder of its programs.
 */
export async function installMinistack(root: string): Promise<string> {
  const venv = join(root, '.cache/venv');
  const marker = join(venv, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const bin = join(venv, 'bin');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return bin;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const step = {
    cwd: root,
    env: { ...process.env } as Record<string, string>,
    logFile: join(root, '.cache/venv.log'),
  };
  await run({ ...step, command: 'python3', args: ['-m', 'venv', '--clear', venv], timeoutMs: 60_000 });
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements];
  await run({ ...step, command: join(bin, 'pip'), args: pip, timeoutMs: 180_000 });
  writeFileSync(marker, wanted);
  return bin;
}

/**
 * Starts the emulator on a free port of the loopback interface with its IAM evaluator on; all its data lies in
 * `directory`. Throws with the end of its log when it does not answer in time.
 */
export async function startMinistack(root: string, directory: string): Promise<Emulator> {
  const bin = await installMinistack(root);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = join(directory, 'ministack.log');
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // The emulator's worker for Node functions is a CommonJS file in there, whatever package lies above.
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }');
  const region = 'eu-west-1';
  const accountId = '000000000000';
  const child = await launch({
    command: join(bin, 'python'),
    args: [join(import.meta.dirname, 'workarounds.py')],
    cwd: directory,
    logFile,
    // Functions inherit the emulator's environment, so it gets a bare one.
    env: {
      ...bareEnvironment(root, directory),
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
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(`${endpoint}/_ministack/health`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child);
      throw new Error(`The emulator did not start. The end of ${logFile}:\n${tail(logFile)}`);
    }
    await pause(100);
  }
  return {
    endpoint,
    region,
    accountId,
    logFile,
    pid: child.pid ?? 0,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: region,
    },
    stop: () => end(child),
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string')
    throw new Error('No free port on the loopback interface.');
  return address.port;
}
