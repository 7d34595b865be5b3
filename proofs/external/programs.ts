import { join } from 'node:path';
import { execa } from 'execa';
import { root } from '../../build/stacks.ts';
import { until } from '../../client/shop-actions.ts';

/** Where downloaded programs are kept between runs; not part of the repository. */
export const cacheFolder = join(root, '.cache');

/** A running server. `stop` terminates it and waits for its exit. */
export type ProgramServer = { output: () => string; stop(): Promise<void> };

const startTimeoutMs = 60_000;

/**
 * Starts a server that ends with this process, and waits until `isReady`.
 * @throws Error with the end of its output when it exits or is not ready in time
 */
export async function startServer(
  command: string,
  args: string[],
  isReady: (output: string) => boolean | Promise<boolean>,
): Promise<ProgramServer> {
  let output = '';
  const server = execa(command, args, { cwd: cacheFolder, stdin: 'ignore', all: true, reject: false });
  server.all.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-20_000);
  });
  let hasExited = false;
  void server.then(() => {
    hasExited = true;
  });
  const stop = async (): Promise<void> => {
    server.kill();
    await server;
  };
  try {
    await until(
      async () => hasExited || (await isReady(output)),
      (done) => done,
      startTimeoutMs,
    );
    if (hasExited) throw new Error((await server).shortMessage);
  } catch (cause) {
    await stop();
    throw new Error(`${command} did not start: ${(cause as Error).message}\n${output}`, { cause });
  }
  return { output: () => output, stop };
}

/** Runs the integration suites whose path matches a pattern; returns a failure unless they pass. */
export async function runIntSuites(pattern: string, env: Record<string, string>): Promise<string[]> {
  const args = ['--selectProjects', 'int', '--testPathPatterns', pattern];
  const { failed, shortMessage } = await execa('jest', args, {
    cwd: root,
    preferLocal: true,
    env: { NODE_OPTIONS: '--experimental-vm-modules', ...env },
    stdio: 'inherit',
    reject: false,
  });
  return failed ? [shortMessage ?? 'the suites failed'] : [];
}

/** Runs a proof as this process's only task: prints its failures and exits with 0 or 1. */
export async function prove(name: string, proof: () => Promise<string[]>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const started = performance.now();
  const failures = await proof().catch((error: Error) => [error.message]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const failure of failures) console.error(`${name}: ${failure}`);
  console.log(`${name}: ${failures.length === 0 ? 'passed' : `FAILED (${failures.length})`} in ${seconds} s`);
  process.exit(failures.length === 0 ? 0 : 1);
}
