import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** How to start a program: its output goes to `logFile`, its environment is `env` alone. */
export type Launch = {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  logFile: string;
};

/** Every program that this process started and has not seen end. */
const running = new Set<ChildProcess>();

/**
 * Starts a program as the leader of a process group of its own, so that what it starts in turn can be ended with
 * it. Throws when the program cannot be started at all.
 */
export async function launch({ command, args, cwd, env, logFile }: Launch): Promise<ChildProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends a program and everything in its process group: asks first, and insists after `graceMs`. */
export async function end(child: ChildProcess, graceMs = 10_000): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await ended;
    clearTimeout(insist);
  }
  signalGroup(child.pid);
}

/** Ends whatever is still running, at once; for the way out after a signal, where nothing can be awaited. */
export function endAll(): void {
  for (const child of running) if (child.pid !== undefined) signalGroup(child.pid);
}

/** The group outlives its leader when a grandchild does; an empty one is no error. */
function signalGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Runs a program to its end. Throws with the tail of its output when it fails or takes longer than `timeoutMs`.
 */
export async function run(what: Launch & { timeoutMs: number }): Promise<void> {
  const child = await launch(what);
  const exit = once(child, 'exit');
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) signalGroup(child.pid);
  }, what.timeoutMs);
  const [code] = await exit;
  clearTimeout(timer);
  if (child.pid !== undefined) signalGroup(child.pid);
  if (code === 0) return;
  const line = [what.command, ...what.args].join(' ');
  const reason = late ? `took longer than ${what.timeoutMs / 1000} s` : `ended with ${code}`;
  throw new Error(
    `${line} (in ${what.cwd}) ${reason}. Its last lines, all in ${what.logFile}:\n${tail(what.logFile)}`,
  );
}

/** The last lines of a log file. */
export function tail(file: string, lines = 60): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
