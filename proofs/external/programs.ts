import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The project's folder. */
export const projectFolder = join(import.meta.dirname, '../..');
/** Where downloaded programs are kept between runs; not part of the repository. */
export const cacheFolder = join(projectFolder, '.cache');

type Environment = Record<string, string | undefined>;

/** Runs a program to its end with its output shown; answers its exit code, 1 when a signal ended it. */
export const run = (
  command: string,
  args: string[],
  env: Environment = {},
  cwd = projectFolder,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

/** Runs a program that must succeed. @throws Error that names it when it does not, or is not installed */
export const mustRun = async (
  command: string,
  args: string[],
  env: Environment = {},
  cwd?: string,
): Promise<void> => {
  const code = await run(command, args, env, cwd).catch((error: unknown) => {
    throw new Error(`${command} cannot be started; is it installed?`, { cause: error });
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
};

/** A server that was started; `stop` ends it and waits for its end. */
export type Server = { output: () => string; stop(): Promise<void> };

/** How long a server may take to be ready, and then to end by itself. */
const START_MS = 60_000;
const END_MS = 5_000;

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/**
 * Starts a server and waits until `ready` says so of its output or by asking it.
 * @throws Error with the last of its output when it ends or is not ready within a minute
 */
export const startServer = async (
  command: string,
  args: string[],
  ready: (output: string) => boolean | Promise<boolean>,
): Promise<Server> => {
  let output = '';
  const child = spawn(command, args, { cwd: cacheFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    const last = setTimeout(kill, END_MS);
    child.kill('SIGTERM');
    await ended(child);
    clearTimeout(last);
    process.off('exit', kill);
  };
  const deadline = Date.now() + START_MS;
  while (!(await ready(output))) {
    const error = await Promise.race([failed, delay(100, undefined)]);
    if (error || child.exitCode !== null || Date.now() > deadline) {
      if (!error) await stop();
      throw new Error(`${command} did not start: ${error?.message ?? ''}\n${output}`);
    }
  }
  return { output: () => output, stop };
};

/** A port that was free a moment ago, for programs that cannot choose one. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Runs suites of the project `int` whose path matches a pattern; a pattern without suites fails. */
export const runIntSuites = (pattern: string, env: Environment): Promise<number> =>
  run(
    process.execPath,
    [
      '--experimental-vm-modules',
      join(projectFolder, 'node_modules/jest/bin/jest.js'),
      ...['--selectProjects', 'int', '--testPathPatterns', pattern],
    ],
    env,
  );

/** Runs a proof as this process's whole purpose: prints its one-line result and exits by it, also on Ctrl-C. */
export const prove = async (name: string, proof: () => Promise<string[]>): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const started = performance.now();
  let failures: string[];
  try {
    failures = await proof();
  } catch (error) {
    failures = [error instanceof Error ? error.message : String(error)];
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const failure of failures) console.error(`${name}: ${failure}`);
  console.log(`${name}: ${failures.length === 0 ? 'passed' : `FAILED (${failures.length})`} in ${seconds} s`);
  process.exit(failures.length === 0 ? 0 : 1);
};
