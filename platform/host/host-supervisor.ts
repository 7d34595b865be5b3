import { setTimeout as pause } from 'node:timers/promises';
import { startHostProcess } from './host-process.ts';
import type { LiveHost } from './instance-scheduler.ts';
import type { HostReport } from './protocol.ts';

type SupervisorOptions = {
  hosts: number;
  compileCacheDir: string;
  onReport: (report: HostReport, payload: string) => void;
  /** An error of a host itself, or text that it printed outside of any function. */
  onError: (line: string) => void;
  /** A host accepts invocations. */
  onReady: () => void;
  /** A host accepts no new invocations: it has exited or is draining. */
  onUnavailable: (host: LiveHost) => void;
  /** A host has exited, and its running invocations are lost. */
  onExit: (host: LiveHost, reason: string) => void;
};

/** A host with this many unused modules (about 10 MB each) is replaced once it is idle. */
const maxUnusedModules = 30;

/** Runs a constant number of host processes: a host that exits is replaced. */
export class HostSupervisor {
  readonly live: LiveHost[] = [];
  readonly #options: SupervisorOptions;
  readonly #starting = new Set<Promise<void>>();
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.hosts }, (_, number) => this.#start(number)));
  }

  /** From now on, hosts are not replaced. */
  stopReplacing(): void {
    this.#stopping = true;
  }

  async stop(): Promise<void> {
    this.stopReplacing();
    await Promise.all(this.live.map((host) => host.process.shutDown()));
    await Promise.allSettled(this.#starting);
  }

  /** Kills a host, which gets no more invocations although its exit is reported a little later. */
  kill(host: LiveHost): void {
    host.process.kill();
    this.#remove(host, 'signal: SIGKILL');
  }

  /** Modules cannot be unloaded, so a host with too many unused ones is replaced. */
  countUnusedModule(host: LiveHost): void {
    host.unusedModules += 1;
    if (host.unusedModules < maxUnusedModules || host.draining) return;
    host.draining = true;
    this.#options.onUnavailable(host);
    void this.#replace(host.number);
    this.shutDownIfDrained(host);
  }

  shutDownIfDrained(host: LiveHost): void {
    if (host.draining && host.inFlight === 0) void host.process.shutDown();
  }

  async #start(number: number): Promise<void> {
    let host: LiveHost | undefined;
    let exited = false;
    const { compileCacheDir, onReport, onError } = this.#options;
    const process = await startHostProcess({
      compileCacheDir,
      onReport,
      onOutput: (text) => onError(text.trimEnd()),
      onExit: (reason) => {
        exited = true;
        if (host !== undefined) this.#remove(host, reason);
      },
    });
    host = { number, process, inFlight: 0, draining: false, defined: new Set(), unusedModules: 0 };
    if (exited) return this.#replace(number);
    if (this.#stopping) return process.shutDown();
    this.live.push(host);
    this.#options.onReady();
  }

  async #replace(number: number): Promise<void> {
    for (let attempt = 0; !this.#stopping; attempt += 1) {
      const started = this.#start(number);
      this.#starting.add(started);
      try {
        return await started;
      } catch (error) {
        this.#options.onError((error as Error).message);
        await pause(Math.min(5_000, 100 * 2 ** attempt));
      } finally {
        this.#starting.delete(started);
      }
    }
  }

  #remove(host: LiveHost, reason: string): void {
    const index = this.live.indexOf(host);
    if (index === -1) return;
    this.live.splice(index, 1);
    this.#options.onUnavailable(host);
    if (!this.#stopping && !host.draining) void this.#replace(host.number);
    this.#options.onExit(host, reason);
  }
}
