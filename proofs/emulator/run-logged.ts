import { readFileSync } from 'node:fs';
import { execa } from 'execa';

/** A command whose output goes to `logFile` and whose environment is `env` alone. */
export type LoggedCommand = {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  logFile: string;
  timeoutMs: number;
};

/**
 * Runs a command and returns its standard output. Every process that it started is killed when it ends, times out, or
 * this process exits.
 * @throws Error with the last lines of the log when it fails or times out
 */
export async function runLogged(options: LoggedCommand): Promise<string> {
  const { command, args, cwd, env, logFile, timeoutMs } = options;
  const log = { file: logFile, append: true };
  const child = execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: ['pipe', log],
    stderr: log,
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    killDescendants: true,
  });
  child.nodeChildProcess.once('exit', () => child.kill());
  const { failed, shortMessage, stdout } = await child;
  if (failed) throw new Error(`${shortMessage} (in ${cwd}). The end of ${logFile}:\n${lastLines(logFile)}`);
  return stdout;
}

/** The last lines of a log file. */
export const lastLines = (file: string, count = 60): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
