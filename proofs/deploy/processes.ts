import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A command to run to its end: its output goes to `logFile`, its environment is `env` alone. */
export type Command = {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  logFile: string;
  /** Takes the standard output instead of the log. */
  outFile?: string;
  timeoutMs: number;
};

/** Leaders of the process groups that were started here and have not been seen to end. */
const leaders = new Set<number>();

/**
 * Runs a command as the leader of a process group of its own, so that nothing it started outlives it. Throws with
 * the tail of its output when it fails or takes longer than `timeoutMs`.
 */
export async function run({ command, args, cwd, env, logFile, outFile, timeoutMs }: Command): Promise<void> {
  const log = openSync(logFile, 'a');
  const out = outFile === undefined ? log : openSync(outFile, 'w');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', out, log] });
  for (const file of new Set([out, log])) closeSync(file);
  await once(child, 'spawn');
  const leader = child.pid as number;
  leaders.add(leader);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(leader);
  }, timeoutMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  endGroup(leader);
  leaders.delete(leader);
  if (code === 0) return;
  const reason = late ? `took longer than ${timeoutMs / 1000} s` : `ended with ${code}`;
  throw new Error(
    `${[command, ...args].join(' ')} (in ${cwd}) ${reason}. Its last lines, all in ${logFile}:\n${tail(logFile)}`,
  );
}

/** Ends every command that is still running; for the way out after a signal, where nothing can be awaited. */
export function endCommands(): void {
  for (const leader of leaders) endGroup(leader);
}

/** Ends what is left of a process group. One without members is no error. */
export function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A search path on which this process' own Node and the project's commands come first. */
export function nodeFirst(root: string): string {
  return [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(':');
}

/** The last lines of a log file. */
export function tail(file: string, lines = 60): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
