import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { StartError } from '../../build/start-error.ts';

/** An engine that runs as a process of its own, and ends when its starter ends, however that happens. */
export type GuardedProcess = {
  child: ChildProcess;
  pid: number;
  /** The last lines that the engine wrote to its error output, for the message when it will not start. */
  recentOutput(): string;
  /** Asks with `signal`, waits for the exit, and insists with SIGKILL after `graceMs` (default 10 s). */
  stop(signal: NodeJS.Signals, graceMs?: number): Promise<void>;
};

export type GuardedOptions = {
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** The signal that ends the engine when this process is gone and cannot ask itself. */
  signalOnParentExit: 'INT' | 'TERM' | 'KILL';
  /** Called when the engine ends without having been asked to. */
  onUnexpectedExit?: (reason: string) => void;
};

/**
 * Waits for the end of its input, which the kernel delivers when the starter dies even by SIGKILL, and then ends
 * the engine. A shell rather than Node: one megabyte instead of forty, for each engine.
 */
const watchdogScript = 'while read -r line; do :; done; kill -"$1" "$2" 2>/dev/null';

/**
 * Starts an engine in a process group of its own, so that Ctrl-C reaches the platform alone and the engines are
 * ended in order, with a watchdog beside it.
 */
export function spawnGuarded(options: GuardedOptions): GuardedProcess {
  const { command, args, signalOnParentExit, onUnexpectedExit } = options;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const words: string[] = [];
  const listen = (chunk: Buffer) => {
    words.push(...chunk.toString().split('\n').filter(Boolean));
    words.splice(0, words.length - 20);
  };
  child.stderr?.on('data', listen);
  child.stdout?.on('data', listen);
  child.on('error', (error) => words.push(error.message));
  const watchdog = child.pid === undefined ? undefined : startWatchdog(signalOnParentExit, child.pid);
  let stopping = false;
  child.once('exit', (code, signal) => {
    watchdog?.kill('SIGKILL');
    if (!stopping)
      onUnexpectedExit?.(`ended with ${signal ?? `code ${code}`}: ${words.slice(-3).join(' | ')}`);
  });
  return {
    child,
    pid: child.pid ?? -1,
    recentOutput: () => words.join('\n'),
    async stop(signal, graceMs = 10_000) {
      stopping = true;
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(insist);
    },
  };
}

/** Ends the process `pid` by a signal when this process is gone, however that happened; kill it when `pid` ended. */
export function startWatchdog(signal: string, pid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined; // no sh there; the pid files catch a leftover at the next start
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', signal, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  return watchdog;
}

/**
 * Waits until `line` appears in the engine's output.
 * @throws StartError with the engine's last words when it ends first or is silent for `timeoutMs`
 */
export async function waitForLine(engine: GuardedProcess, name: string, line: string, timeoutMs = 20_000) {
  const { child } = engine;
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        new StartError(exitMessage(name, what, engine.recentOutput().split('\n').slice(-3).join(' | '))),
      );
    const timer = setTimeout(() => fail(`was not ready after ${timeoutMs / 1000} s`), timeoutMs);
    const look = () => {
      if (!engine.recentOutput().includes(line)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stderr?.on('data', look);
    child.stdout?.on('data', look);
    child.once('error', () => fail('could not be started'));
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended while starting');
    });
    if (child.exitCode !== null) fail('ended while starting');
    look();
  });
}

function exitMessage(name: string, what: string, words: string): string {
  if (/no space left/i.test(words))
    return `${name} ${what}: the disk is full. Free some space and start again.`;
  return `${name} ${what}: ${words}`;
}
