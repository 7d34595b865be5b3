import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonWith } from '../../build/python-tools.ts';
import { until } from '../../client/shop-actions.ts';
import { spawnGuarded } from '../../platform/engines/guarded-process.ts';
import { choosePort } from '../../platform/engines/ports.ts';
import { lastLines } from './run-logged.ts';
import { typesWith } from './type-support.ts';
import { searchPath } from './workspace.ts';

/** A running AWS emulator. */
export type Emulator = {
  endpoint: string;
  region: string;
  accountId: string;
  /** What makes a command use the emulator as AWS; its key is the account's root user. */
  environment: Record<string, string>;
  /** Ends the emulator and the functions that it started. */
  stop(): Promise<void>;
};

const startTimeoutMs = 60_000;
const region = 'eu-west-1';
const accountId = '000000000000';

/**
 * Starts the emulator on a free loopback port with its IAM evaluator enabled; all its data is in `folder`.
 * @throws Error with the end of its log when it does not become healthy in time
 */
export async function startMinistack(root: string, folder: string): Promise<Emulator> {
  const python = await pythonWith('ministack', join(import.meta.dirname, 'requirements.txt'));
  const port = await choosePort('the AWS emulator');
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'ministack.log');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  // The emulator's worker for Node functions is a CommonJS file in this folder.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  // workarounds.py reads this file.
  writeFileSync(join(folder, 'left-out.json'), JSON.stringify(typesWith('left-out')));
  const script = join(import.meta.dirname, 'workarounds.py');
  const emulator = spawnGuarded({
    command: '/bin/sh',
    args: ['-c', 'unset PWD; exec "$0" "$1" >"$2" 2>&1', python, script, logFile],
    cwd: folder,
    signalOnParentExit: 'TERM',
    // Functions inherit the emulator's environment, so it contains only what the emulator needs.
    env: {
      PATH: searchPath(root),
      HOME: folder,
      LANG: 'C.UTF-8',
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      MINISTACK_ACCOUNT_ID: accountId,
      PERSIST_STATE: '0',
      STATE_DIR: join(folder, 'state'),
      TMPDIR: join(folder, 'tmp'),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
  });
  const stop = async () => {
    await emulator.stop('SIGTERM');
    killGroup(emulator.pid);
  };
  try {
    await until(
      async () => emulator.child.exitCode !== null || (await isHealthy(endpoint)),
      (done) => done,
      startTimeoutMs,
    );
    if (emulator.child.exitCode !== null) throw new Error(`exit code ${emulator.child.exitCode}`);
  } catch (cause) {
    await stop();
    throw new Error(`The emulator did not start. The end of ${logFile}:\n${lastLines(logFile)}`, { cause });
  }
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
  };
  return { endpoint, region, accountId, environment, stop };
}

const isHealthy = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Kills what is left of the emulator's process group: the functions that it started. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
