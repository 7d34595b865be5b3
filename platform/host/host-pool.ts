import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { FunctionCounters, type FunctionStatistics } from './function-statistics.ts';
import { HostSupervisor } from './host-supervisor.ts';
import {
  type Concurrency,
  type Instance,
  type InstanceScheduler,
  instanceScheduler,
} from './instance-scheduler.ts';
import { type Invoke, InvokeRefused, type InvokeResult } from './invoke.ts';
import { type LambdaError, runtimeExited, timedOut } from './lambda-error.ts';
import { maxRequestBytes } from './limits.ts';
import { type FunctionDefinition, type HostReport, onOneLine } from './protocol.ts';

export type { FunctionStatistics } from './function-statistics.ts';

export type HostPoolOptions = {
  hosts: number;
  concurrency: Concurrency;
  compileCacheDir: string;
  /** A warning or an error that a function printed, or one about a host itself (`name` is `host`). */
  onNotice: (notice: { name: string; level: 'warn' | 'error'; line: string }) => void;
};

export type HostPool = {
  invoke: Invoke;
  /** Adds a function or replaces its bundle, which the next invocation loads. */
  define: (definition: FunctionDefinition) => void;
  /** Kills one host: that with this pid, or the busiest. Returns its pid, undefined if there is none. */
  kill: (pid?: number) => number | undefined;
  hosts: () => { pid: number; inFlight: number }[];
  statistics: () => Record<string, FunctionStatistics>;
  /** Lets running invocations finish for at most `graceMs`, then stops every host. */
  stop: (graceMs?: number) => Promise<void>;
};

type Call = {
  id: number;
  requestId: string;
  traceId: string;
  definition: FunctionDefinition;
  payload: string;
  resolve: (result: InvokeResult) => void;
  instance?: Instance;
  timer?: NodeJS.Timeout;
  startedAt: number;
};

/** Lambda allows 10 s for loading a module before the function's own timeout starts. */
const initTimeoutMs = 10_000;
/** A host that does not reply to a ping for this long after a timeout is blocked by synchronous code. */
const pingTimeoutMs = 1_500;
/** More waiting invocations of one function are refused, as Lambda throttles. */
const maxWaiting = 5_000;

/** Starts the host processes. A host that exits is replaced. */
export async function startHostPool(options: HostPoolOptions): Promise<HostPool> {
  const pool = new Pool(options);
  await pool.hosts.start();
  return {
    invoke: (name, payload, { traceId = '' } = {}) => pool.invoke(name, payload, traceId),
    define: (definition) => pool.define(definition),
    kill: (pid) => pool.kill(pid),
    hosts: () => pool.hosts.live.map(({ process, inFlight }) => ({ pid: process.pid, inFlight })),
    statistics: () => pool.counters.all(),
    stop: (graceMs = 3_000) => pool.stop(graceMs),
  };
}

class Pool {
  readonly hosts: HostSupervisor;
  readonly counters = new FunctionCounters();
  readonly #options: HostPoolOptions;
  readonly #definitions = new Map<string, FunctionDefinition>();
  /** The number of the host that preferably runs a function. */
  readonly #homes = new Map<string, number>();
  readonly #calls = new Map<number, Call>();
  /** Calls without an instance, by function. */
  readonly #waiting = new Map<string, Call[]>();
  readonly #scheduler: InstanceScheduler;
  #nextId = 1;
  #stopping = false;

  constructor(options: HostPoolOptions) {
    this.#options = options;
    this.#scheduler = instanceScheduler(options.concurrency, (name) => this.#homes.get(name) ?? 0);
    this.hosts = new HostSupervisor({
      ...options,
      onReport: (report, payload) => this.#onReport(report, payload),
      onError: (line) => options.onNotice({ name: 'host', level: 'error', line }),
      onReady: () => {
        for (const queue of this.#waiting.values()) this.#dispatchWaiting(queue);
      },
      onUnavailable: (host) => this.#scheduler.dropHost(host),
      onExit: (host, reason) => {
        for (const call of [...this.#calls.values()])
          if (call.instance?.host === host)
            this.#fail(call, runtimeExited(call.requestId, reason), 'host-died');
      },
    });
  }

  async invoke(name: string, payload: string, traceId: string): Promise<InvokeResult> {
    const definition = this.#definitions.get(name);
    if (definition === undefined)
      throw new InvokeRefused('ResourceNotFoundException', 404, `Function not found: ${name}`);
    if (payload.length * 3 > maxRequestBytes && Buffer.byteLength(payload) > maxRequestBytes) {
      const message = `Request must be smaller than ${maxRequestBytes} bytes for the InvokeFunction operation`;
      throw new InvokeRefused('RequestTooLargeException', 413, message);
    }
    if (this.#stopping) throw new InvokeRefused('ServiceException', 500, 'the platform is stopping');
    const queue = this.#waiting.get(name) ?? [];
    if (queue.length >= maxWaiting)
      throw new InvokeRefused('TooManyRequestsException', 429, 'Rate Exceeded.');
    this.counters.of(name).invocations += 1;
    return new Promise((resolve) => {
      const call: Call = {
        id: this.#nextId++,
        requestId: randomUUID(),
        traceId,
        definition,
        payload: onOneLine(payload),
        resolve,
        startedAt: performance.now(),
      };
      this.#calls.set(call.id, call);
      if (queue.length > 0 || !this.#dispatch(call)) {
        queue.push(call);
        this.#waiting.set(name, queue);
      }
    });
  }

  define(definition: FunctionDefinition): void {
    const { name } = definition;
    const exists = this.#definitions.has(name);
    this.#definitions.set(name, definition);
    if (!exists) {
      this.#homes.set(name, this.#homes.size % this.#options.hosts);
      this.counters.define(name);
      return;
    }
    this.#scheduler.dropFunction(name);
    for (const call of this.#waiting.get(name) ?? []) call.definition = definition;
    for (const host of this.hosts.live) if (host.defined.delete(name)) this.hosts.countUnusedModule(host);
  }

  kill(pid?: number): number | undefined {
    const host =
      pid === undefined
        ? this.hosts.live.toSorted((a, b) => b.inFlight - a.inFlight)[0]
        : this.hosts.live.find((candidate) => candidate.process.pid === pid);
    if (host !== undefined) this.hosts.kill(host);
    return host?.process.pid;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.hosts.stopReplacing();
    const until = Date.now() + graceMs;
    while (this.#calls.size > 0 && Date.now() < until) await pause(20);
    await this.hosts.stop();
  }

  /** Starts a call on an instance. False when none is free. */
  #dispatch(call: Call): boolean {
    const { definition, id, requestId, traceId } = call;
    const { name } = definition;
    const instance = this.#scheduler.take(name, this.hosts.live);
    if (instance === undefined) return false;
    call.instance = instance;
    const { host, number } = instance;
    if (!host.defined.has(name)) {
      host.process.define(definition);
      host.defined.add(name);
    }
    call.startedAt = performance.now();
    this.#startTimer(call, instance.loaded ? definition.timeoutMs : initTimeoutMs);
    host.process.invoke({ t: 'invoke', id, name, instance: number, requestId, traceId }, call.payload);
    return true;
  }

  #dispatchWaiting(queue: Call[] = []): void {
    while (queue[0] !== undefined && this.#dispatch(queue[0])) queue.shift();
  }

  #startTimer(call: Call, timeoutMs: number): void {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.#onTimeout(call), timeoutMs);
  }

  #onTimeout(call: Call): void {
    const instance = call.instance as Instance;
    const { host } = instance;
    this.#fail(call, timedOut(call.requestId, call.definition.timeoutMs), 'timeout');
    if (this.#options.concurrency.mode === 'single') {
      host.process.retire(instance.name, instance.number);
      instance.loaded = false;
      this.hosts.countUnusedModule(host);
    }
    void host.process.isAlive(pingTimeoutMs).then((alive) => {
      if (!alive) this.hosts.kill(host);
    });
  }

  #onReport(report: HostReport, payload: string): void {
    if (report.t === 'notice') {
      this.#options.onNotice({ name: report.name, level: report.level, line: report.line });
      return;
    }
    if (report.t !== 'done' && report.t !== 'started') return;
    const call = this.#calls.get(report.id);
    if (call === undefined) return; // it timed out before
    if (report.t === 'done') {
      this.#finish(call, payload, report.failed ? 'error' : undefined);
      return;
    }
    if (call.instance?.loaded === false) {
      call.instance.loaded = true;
      this.counters.of(call.definition.name).coldStarts += 1;
    }
    this.#startTimer(call, call.definition.timeoutMs);
  }

  #fail(call: Call, error: LambdaError, failure: 'timeout' | 'host-died'): void {
    this.#finish(call, JSON.stringify(error), failure);
  }

  #finish(call: Call, payload: string, failure?: InvokeResult['failure']): void {
    if (!this.#calls.delete(call.id)) return;
    clearTimeout(call.timer);
    const { requestId, instance } = call;
    const { name } = call.definition;
    this.counters.finished(name, performance.now() - call.startedAt, failure);
    if (instance !== undefined) this.#scheduler.release(instance);
    call.resolve({ requestId, payload, ...(failure === undefined ? {} : { failure }) });
    this.#dispatchWaiting(this.#waiting.get(name));
    if (instance !== undefined) this.hosts.shutDownIfDrained(instance.host);
  }
}
