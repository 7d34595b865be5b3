import { randomUUID } from 'node:crypto';
import { type HostProcess, startHostProcess } from './host-process.ts';
import { type Concurrency, type Instance, instanceScheduler, type LiveHost } from './instance-scheduler.ts';
import { type Invoke, InvokeRefused, type InvokeResult } from './invoke.ts';
import { type LambdaError, runtimeExited, timedOut } from './lambda-error.ts';
import { maxRequestBytes } from './limits.ts';
import { type FunctionDefinition, type HostReport, onOneLine } from './protocol.ts';

export type HostPoolOptions = {
  hosts: number;
  concurrency: Concurrency;
  compileCacheDir: string;
  /** A warning or an error that a function printed, or a word on a host itself (`name` is `host`). */
  onNotice: (notice: { name: string; level: 'warn' | 'error'; line: string }) => void;
};

/** Counters of one function since the start; durations in milliseconds. */
export type FunctionStatistics = {
  invocations: number;
  errors: number;
  timeouts: number;
  coldStarts: number;
  totalMs: number;
  /** Of the invocation that ended last; absent until one has. */
  lastMs?: number;
};

export type HostPool = {
  invoke: Invoke;
  /** Adds a function, or gives it another bundle: the next invocation loads it. */
  define: (definition: FunctionDefinition) => void;
  /** SIGKILLs one host (the one that runs most, or that with this pid); its pid, undefined without one. */
  kill: (pid?: number) => number | undefined;
  hosts: () => { pid: number; inFlight: number }[];
  statistics: () => Record<string, FunctionStatistics>;
  /** Lets running invocations end (at most `graceMs`), then ends every host. */
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

/** Lambda gives the loading of a module 10 s before the function's own timeout begins to run. */
const initTimeoutMs = 10_000;
/** A host that answers nothing for this long after a timeout is stuck in code that never yields. */
const pingTimeoutMs = 1_500;
/** Invocations of one function that may wait for a instance before more are refused, as Lambda throttles. */
const maxWaiting = 5_000;
/** Dead modules (about 10 MB each) after which a host is replaced, once it is idle. */
const maxUnusedModules = 30;

/** Starts the host processes and keeps their number: a host that dies is replaced at once. */
export async function startHostPool(options: HostPoolOptions): Promise<HostPool> {
  const definitions = new Map<string, FunctionDefinition>();
  const homes = new Map<string, number>();
  const statistics = new Map<string, FunctionStatistics>();
  const calls = new Map<number, Call>();
  const waiting = new Map<string, Call[]>();
  const live: LiveHost[] = [];
  const scheduler = instanceScheduler(options.concurrency, (name) => homes.get(name) ?? 0);
  const starting = new Set<Promise<void>>();
  let nextId = 1;
  let stopping = false;

  const finish = (call: Call, payload: string, failure?: InvokeResult['failure']) => {
    if (!calls.delete(call.id)) return;
    clearTimeout(call.timer);
    const counted = statistics.get(call.definition.name);
    if (counted !== undefined) {
      counted.lastMs = performance.now() - call.startedAt;
      counted.totalMs += counted.lastMs;
      if (failure === 'timeout') counted.timeouts += 1;
      if (failure !== undefined) counted.errors += 1;
    }
    if (call.instance !== undefined) scheduler.release(call.instance);
    call.resolve({ requestId: call.requestId, payload, ...(failure === undefined ? {} : { failure }) });
    afterInvocation(call);
  };
  const fail = (call: Call, error: LambdaError, failure: 'timeout' | 'host-died') =>
    finish(call, JSON.stringify(error), failure);

  /** After an invocation: start one that waits, and let a draining host go. */
  const afterInvocation = (call: Call) => {
    const queue = waiting.get(call.definition.name);
    while (queue !== undefined && queue.length > 0 && dispatch(queue[0] as Call)) queue.shift();
    const host = call.instance?.host;
    if (host?.draining && host.inFlight === 0) void host.process.shutDown();
  };

  const expire = (call: Call) => {
    const instance = call.instance as Instance;
    fail(call, timedOut(call.requestId, call.definition.timeoutMs), 'timeout');
    if (options.concurrency.mode === 'single') {
      instance.host.process.retire(instance.name, instance.number);
      instance.loaded = false;
      countUnusedModules(instance.host, 1);
    }
    void instance.host.process.isAlive(pingTimeoutMs).then((alive) => {
      if (!alive) killHost(instance.host);
    });
  };

  const dispatch = (call: Call): boolean => {
    const instance = scheduler.take(call.definition.name, live);
    if (instance === undefined) return false;
    call.instance = instance;
    const { host } = instance;
    const { name } = instance;
    if (!host.defined.has(name)) {
      host.process.define(call.definition);
      host.defined.add(name);
    }
    call.startedAt = performance.now();
    call.timer = setTimeout(expire, instance.loaded ? call.definition.timeoutMs : initTimeoutMs, call);
    const { id, requestId, traceId } = call;
    host.process.invoke(
      { t: 'invoke', id, name, instance: instance.number, requestId, traceId },
      call.payload,
    );
    return true;
  };

  const onReport = (report: HostReport, payload: string) => {
    if (report.t === 'notice') {
      options.onNotice({ name: report.name, level: report.level, line: report.line });
      return;
    }
    if (report.t !== 'done' && report.t !== 'started') return;
    const call = calls.get(report.id);
    if (call === undefined) return; // it timed out before: the late answer counts for nothing
    if (report.t === 'done') {
      finish(call, payload, report.failed ? 'error' : undefined);
      return;
    }
    if (call.instance !== undefined && !call.instance.loaded) {
      call.instance.loaded = true;
      const counted = statistics.get(call.definition.name);
      if (counted !== undefined) counted.coldStarts += 1;
    }
    clearTimeout(call.timer);
    call.timer = setTimeout(expire, call.definition.timeoutMs, call);
  };

  const start = async (number: number): Promise<void> => {
    let host: LiveHost | undefined;
    let ended = false;
    const process: HostProcess = await startHostProcess({
      compileCacheDir: options.compileCacheDir,
      onReport,
      onOutput: (text) => options.onNotice({ name: 'host', level: 'error', line: text.trimEnd() }),
      onExit: (reason) => {
        ended = true;
        if (host !== undefined) lose(host, reason);
      },
    });
    host = { number, process, inFlight: 0, draining: false, defined: new Set(), unusedModules: 0 };
    if (ended) return replace(number);
    if (stopping) return process.shutDown();
    live.push(host);
    for (const queue of waiting.values()) {
      while (queue.length > 0 && dispatch(queue[0] as Call)) queue.shift();
    }
  };

  const replace = async (number: number): Promise<void> => {
    for (let attempt = 0; !stopping; attempt += 1) {
      const attempted = start(number);
      starting.add(attempted);
      try {
        return await attempted;
      } catch (error) {
        options.onNotice({ name: 'host', level: 'error', line: (error as Error).message });
        await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** attempt)));
      } finally {
        starting.delete(attempted);
      }
    }
  };

  /** Nothing more goes to a host from the moment that it is killed, though its end is told a little later. */
  const killHost = (host: LiveHost) => {
    host.process.kill();
    lose(host, 'signal: SIGKILL');
  };

  const lose = (host: LiveHost, reason: string) => {
    const at = live.indexOf(host);
    if (at === -1) return;
    live.splice(at, 1);
    scheduler.dropHost(host);
    if (!stopping && !host.draining) void replace(host.number);
    for (const call of [...calls.values()]) {
      if (call.instance?.host === host) fail(call, runtimeExited(call.requestId, reason), 'host-died');
    }
  };

  const countUnusedModules = (host: LiveHost, count: number) => {
    host.unusedModules += count;
    if (host.unusedModules < maxUnusedModules || host.draining) return;
    host.draining = true;
    scheduler.dropHost(host);
    void replace(host.number);
    if (host.inFlight === 0) void host.process.shutDown();
  };

  await Promise.all(Array.from({ length: options.hosts }, (_, number) => start(number)));

  return {
    async invoke(name, payload, { traceId = '' } = {}) {
      const definition = definitions.get(name);
      if (definition === undefined) {
        throw new InvokeRefused('ResourceNotFoundException', 404, `Function not found: ${name}`);
      }
      if (payload.length * 3 > maxRequestBytes && Buffer.byteLength(payload) > maxRequestBytes) {
        const message = `Request must be smaller than ${maxRequestBytes} bytes for the InvokeFunction operation`;
        throw new InvokeRefused('RequestTooLargeException', 413, message);
      }
      if (stopping) throw new InvokeRefused('ServiceException', 500, 'the platform is stopping');
      const queue = waiting.get(name) ?? [];
      if (queue.length >= maxWaiting) {
        throw new InvokeRefused('TooManyRequestsException', 429, 'Rate Exceeded.');
      }
      (statistics.get(name) as FunctionStatistics).invocations += 1;
      return new Promise((resolve) => {
        const call: Call = {
          id: nextId++,
          requestId: randomUUID(),
          traceId,
          definition,
          payload: onOneLine(payload),
          resolve,
          startedAt: performance.now(),
        };
        calls.set(call.id, call);
        if (queue.length > 0 || !dispatch(call)) {
          queue.push(call);
          waiting.set(name, queue);
        }
      });
    },
    define(definition) {
      const changed = definitions.has(definition.name);
      definitions.set(definition.name, definition);
      if (!changed) {
        homes.set(definition.name, homes.size % options.hosts);
        statistics.set(definition.name, {
          invocations: 0,
          errors: 0,
          timeouts: 0,
          coldStarts: 0,
          totalMs: 0,
        });
        return;
      }
      scheduler.dropFunction(definition.name);
      for (const call of waiting.get(definition.name) ?? []) call.definition = definition;
      for (const host of live) {
        if (host.defined.delete(definition.name)) countUnusedModules(host, 1);
      }
    },
    kill(pid) {
      const host =
        pid === undefined
          ? [...live].sort((a, b) => b.inFlight - a.inFlight)[0]
          : live.find((candidate) => candidate.process.pid === pid);
      if (host !== undefined) killHost(host);
      return host?.process.pid;
    },
    hosts: () => live.map(({ process, inFlight }) => ({ pid: process.pid, inFlight })),
    statistics: () => Object.fromEntries(statistics),
    async stop(graceMs = 3_000) {
      stopping = true;
      const until = Date.now() + graceMs;
      while (calls.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.all(live.map((host) => host.process.shutDown()));
      await Promise.allSettled(starting);
    },
  };
}
