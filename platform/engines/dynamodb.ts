import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StartError } from '../../build/start-error.ts';
import { spawnGuarded, waitForLine } from './guarded-process.ts';
import { waitForPreviousProcess } from './previous-process.ts';
import { unreachableAddress } from './unreachable-address.ts';

/** A running DynamoDB engine (dynoxide) on loopback. */
export type Dynamo = { url: string; pid: number; stop(): Promise<void> };

type DynamoOptions = {
  /** Folder of the database file; created when missing. */
  dataDir: string;
  onUnexpectedExit?: ((reason: string) => void) | undefined;
};

/**
 * Starts dynoxide, one binary with the protocols of DynamoDB and DynamoDB Streams. It accepts any signature and allows
 * every origin, so it listens where no browser connects; callers reach it through the AWS endpoint.
 * @throws StartError
 */
export async function startDynamo(options: DynamoOptions): Promise<Dynamo> {
  const dataDir = resolve(options.dataDir);
  const pidFile = join(dataDir, 'dynoxide.pid');
  await mkdir(dataDir, { recursive: true });
  const [binary, { host, port }] = await Promise.all([
    findBinary(),
    unreachableAddress('DynamoDB'),
    waitForPreviousProcess(pidFile, 'dynoxide'),
  ]);
  const engine = spawnGuarded({
    command: binary,
    args: ['--host', host, '--port', String(port), '--db-path', join(dataDir, 'dynamodb.sqlite')],
    signalOnParentExit: 'TERM',
    onUnexpectedExit: options.onUnexpectedExit,
  });
  await writeFile(pidFile, `${engine.pid}\n`);
  await waitForLine(engine, 'DynamoDB', 'listening on');
  return {
    url: `http://${host}:${port}`,
    pid: engine.pid,
    stop: () => engine.stop('SIGTERM'),
  };
}

/** The binary in the package for this platform and architecture. */
async function findBinary(): Promise<string> {
  const name = `@dynoxide/${platform()}-${arch()}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, platform() === 'win32' ? 'dynoxide.exe' : 'dynoxide');
    await access(binary, constants.X_OK);
    return binary;
  } catch {
    throw new StartError(
      `The DynamoDB engine for this machine is not installed: run npm install --no-save ${name}@1.2.1`,
    );
  }
}
