import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { StartError } from '../../build/start-error.ts';

/** An engine in its own process, which ends when its parent process ends, even by SIGKILL. */
type GuardedProcess = {
  child: ChildProcess;
  pid: number;
  /** The last 20 lines of its output, for error messages. */
  recentOutput(): string[];
  /** Sends `signal`, waits for the exit, and sends SIGKILL after 10 s. */
  stop(signal: NodeJS.Signals): Promise<void>;
};

type GuardedOptions = Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> & {
  command: string;
  args: string[];
  /** Sent to the engine by the watchdog when this process has ended. */
  signalOnParentExit: 'INT' | 'TERM';
  /** Called when the engine ends without a call of `stop`. */
  onUnexpectedExit?: ((reason: string) => void) | undefined;
};

const stopTimeoutMs = 10_000;
const startTimeoutMs = 20_000;

/**
 * Reads until its input ends, which also happens when the parent process is killed, and then signals the engine. A
 * shell needs 1 MB per engine, Node 40 MB.
 */
const watchdogScript = 'while read -r line; do :; done; kill -"$1" "$2" 2>/dev/null';

/**
 * Starts an engine with a watchdog, in its own process group: Ctrl-C reaches only the platform, which stops the engines
 * in order.
 */
export function spawnGuarded(options: GuardedOptions): GuardedProcess {
  const { command, args, signalOnParentExit, onUnexpectedExit, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const collect = (chunk: Buffer) => {
    lines.push(...chunk.toString().split('\n').filter(Boolean));
    lines.splice(0, lines.length - 20);
  };
  child.stderr?.on('data', collect);
  child.stdout?.on('data', collect);
  child.on('error', (error) => lines.push(error.message));
  const watchdog = child.pid === undefined ? undefined : startWatchdog(signalOnParentExit, child.pid);
  let stopping = false;
  child.once('exit', (code, signal) => {
    watchdog?.kill('SIGKILL');
    if (!stopping)
      onUnexpectedExit?.(`ended with ${signal ?? `code ${code}`}: ${lines.slice(-3).join(' | ')}`);
  });
  return {
    child,
    pid: child.pid ?? -1,
    recentOutput: () => lines,
    async stop(signal) {
      stopping = true;
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Starts a process that signals `pid` when this process ends, even by SIGKILL. Kill it when `pid` has ended. */
export function startWatchdog(signal: string, pid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined; // without sh; the pid files detect a leftover engine at the next start
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', signal, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  return watchdog;
}

/**
 * Waits until a line of the engine's output contains `text`.
 * @throws StartError with the last lines of its output when the engine ends first, or after 20 s
 */
export async function waitForLine(engine: GuardedProcess, name: string, text: string): Promise<void> {
  const { child } = engine;
  await new Promise<void>((resolve, reject) => {
    const fail = (problem: string) =>
      reject(new StartError(startFailure(name, problem, engine.recentOutput().slice(-3).join(' | '))));
    const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs / 1000} s`), startTimeoutMs);
    const check = () => {
      if (!engine.recentOutput().some((line) => line.includes(text))) return;
      clearTimeout(timer);
      resolve();
    };
    child.stderr?.on('data', check);
    child.stdout?.on('data', check);
    child.once('error', () => fail('could not be started'));
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended while starting');
    });
    if (child.exitCode !== null) fail('ended while starting');
    check();
  });
}

function startFailure(name: string, problem: string, output: string): string {
  if (/no space left/i.test(output))
    return `${name} ${problem}: the disk is full. Free some space and start again.`;
  return `${name} ${problem}: ${output}`;
}
