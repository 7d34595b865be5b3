import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startWatchdog } from '../engines/guarded-process.ts';
import {
  type FunctionDefinition,
  type HostCommand,
  type HostReport,
  readFrames,
  sendFrame,
} from './protocol.ts';

const hostMain = fileURLToPath(new URL('./host-main.ts', import.meta.url));

/** How long a host may take from spawn to `ready`. */
const startTimeoutMs = 15_000;
/** How long a host may take to exit after its socket was closed. */
const shutdownTimeoutMs = 2_000;

/** One running host process, seen from the platform. */
export type HostProcess = {
  pid: number;
  define: (definition: FunctionDefinition) => void;
  invoke: (command: Extract<HostCommand, { t: 'invoke' }>, payload: string) => boolean;
  retire: (name: string, instance: number) => void;
  /** Whether the host's event loop replies within the given time. */
  isAlive: (withinMs: number) => Promise<boolean>;
  kill: () => void;
  /** Closes the socket, upon which the host exits by itself; kills it after 2 s. */
  shutDown: () => Promise<void>;
};

type HostProcessOptions = {
  compileCacheDir: string;
  onReport: (report: HostReport, payload: string) => void;
  /** Text that the process printed outside of any function, for example V8 running out of memory. */
  onOutput: (text: string) => void;
  /** `reason` names the signal or exit status. Called once. */
  onExit: (reason: string) => void;
};

/** Starts a host; resolves when it takes invocations, rejects when it ends before or takes over 15 s. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const child = spawn(
    process.execPath,
    // The young generation trades memory for speed: with 8 MB the hosts use a sixth more CPU time under load than with
    // 16 MB, with 4 MB two fifths more, and 15 and 65 MB less memory together. The bound on the old one keeps garbage
    // from piling up. All of the shop's functions in one host are about 210 MB.
    [
      '--max-semi-space-size=16',
      '--max-old-space-size=384',
      '--disable-warning=ExperimentalWarning',
      hostMain,
    ],
    {
      // A process group of its own: Ctrl-C reaches only the platform, which stops its hosts in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: tmpdir(),
        TZ: 'UTC',
        // glibc otherwise keeps a memory arena per thread, which image processing fills.
        MALLOC_ARENA_MAX: '2',
        HOST_COMPILE_CACHE: options.compileCacheDir,
      },
    },
  );
  const socket = child.stdio[3] as Socket;
  socket.on('error', () => {}); // a killed host closes its end: `exit` reports it
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', options.onOutput);
  }
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) =>
      resolve(signal === null ? `exit status ${status}` : `signal: ${signal}`),
    );
  });
  // A host exits by itself when its socket closes, unless a handler blocks the event loop: then the watchdog ends it.
  const watchdog = child.pid === undefined ? undefined : startWatchdog('KILL', child.pid);
  void exited.then(() => watchdog?.kill('SIGKILL'));
  const host = connect(child, socket, exited, options);
  void exited.then(options.onExit);
  await host.ready;
  return host;
}

function connect(
  child: ChildProcess,
  socket: Socket,
  exited: Promise<string>,
  options: HostProcessOptions,
): HostProcess & { ready: Promise<void> } {
  const pongs: (() => void)[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`a Lambda host did not start within ${startTimeoutMs / 1000} s`));
    }, startTimeoutMs);
    void exited.then((reason) => {
      clearTimeout(limit);
      reject(new Error(`a Lambda host ended while starting (${reason})`));
    });
    readFrames<HostReport>(socket, (report, payload) => {
      if (report.t === 'ready') {
        clearTimeout(limit);
        resolve();
      } else if (report.t === 'pong') pongs.shift()?.();
      else options.onReport(report, payload);
    });
  });
  const isAlive = (withinMs: number) =>
    new Promise<boolean>((resolve) => {
      const limit = setTimeout(resolve, withinMs, false);
      pongs.push(() => {
        clearTimeout(limit);
        resolve(true);
      });
      sendFrame(socket, { t: 'ping' });
    });
  const shutDown = async () => {
    socket.end();
    const limit = setTimeout(() => child.kill('SIGKILL'), shutdownTimeoutMs);
    await exited;
    clearTimeout(limit);
  };
  return {
    pid: child.pid ?? 0,
    ready,
    define: (definition) => void sendFrame(socket, { t: 'define', definition }),
    invoke: (command, payload) => sendFrame(socket, command, payload),
    retire: (name, instance) => void sendFrame(socket, { t: 'retire', name, instance }),
    isAlive,
    kill: () => void child.kill('SIGKILL'),
    shutDown,
  };
}
