import { type Invoke, InvokeRefused } from '../host/invoke.ts';
import { maxEventBytes } from '../host/limits.ts';
import { type Condition, failedEventRecord } from './failed-event.ts';
import type { PendingEvent, SourceStore } from './source-store.ts';

/** Lambda's queue of asynchronous events: what S3, SNS, EventBridge and `InvocationType: Event` go through. */
export type AsyncEvents = {
  /** Accepts an event for a function. After it returns, the event survives a kill of the platform. */
  accept: (functionName: string, payload: string) => void;
  /** Number of accepted events that are not handled yet. */
  pending: () => number;
  /** Starts no more events; unhandled events stay in the store for the next start. */
  stop: () => void;
};

export type AsyncEventsOptions = {
  invoke: Invoke;
  store: SourceStore;
  /** The function's AWS::Lambda::EventInvokeConfig, if any. */
  rulesOf?: (functionName: string) => AsyncRules | undefined;
  /** Waits before the second and the third attempt. Lambda waits one and two minutes; the platform shortens them. */
  retryDelaysMs: readonly [number, number];
  /** Called for an event that failed for the last time or whose function does not exist. */
  onDropped: (event: PendingEvent, reason: string) => void;
  now?: () => number;
};

/** Retry limits of a function, and its failure destination for events that exceed them. */
export type AsyncRules = {
  functionArn: string;
  maximumRetryAttempts: number;
  maximumAgeMs: number;
  sendToFailureQueue?: (record: string) => Promise<unknown>;
};

/** Concurrent events of one function. */
const defaultConcurrency = 32;
/** Lambda retries a throttled event for six hours. */
const maxAgeMs = 6 * 60 * 60 * 1_000;
const throttledRetryMs = 1_000;

/**
 * At-least-once delivery as by Lambda: two retries after an error, and retries for six hours while the function is
 * throttled
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export function asyncEvents(options: AsyncEventsOptions): AsyncEvents {
  const { invoke, store, retryDelaysMs, now = Date.now } = options;
  const queues = new Map<string, PendingEvent[]>();
  const running = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let pending = 0;
  let stopped = false;

  const enqueue = (event: PendingEvent) => {
    const queue = queues.get(event.functionName);
    if (queue === undefined) queues.set(event.functionName, [event]);
    else queue.push(event);
    pump(event.functionName);
  };

  const schedule = (event: PendingEvent) => {
    const waitMs = event.dueAt - now();
    if (waitMs <= 0) return enqueue(event);
    const timer = setTimeout(() => {
      timers.delete(timer);
      enqueue(event);
    }, waitMs);
    timers.add(timer);
  };

  const pump = (functionName: string) => {
    const queue = queues.get(functionName) ?? [];
    let active = running.get(functionName) ?? 0;
    while (!stopped && queue.length > 0 && active < defaultConcurrency) {
      active += 1;
      const event = queue.shift() as PendingEvent;
      void attempt(event).finally(() => {
        running.set(functionName, (running.get(functionName) ?? 1) - 1);
        pump(functionName);
      });
    }
    running.set(functionName, active);
  };

  const attempt = async (event: PendingEvent) => {
    const outcome = await run(event);
    if (stopped) return; // still in the store: it is tried again at the next start
    const rules = options.rulesOf?.(event.functionName);
    if (outcome === 'done') remove(event);
    else if (outcome === 'throttled') {
      if (now() - event.acceptedAt > (rules?.maximumAgeMs ?? maxAgeMs))
        return giveUp(event, rules, 'EventAgeExceeded', 'throttled for too long');
      event.dueAt = now() + throttledRetryMs;
      schedule(event);
    } else if (outcome === 'unknown-function') drop(event, 'the function does not exist');
    else {
      const delay =
        event.attempts < (rules?.maximumRetryAttempts ?? 2) ? retryDelaysMs[event.attempts] : undefined;
      if (delay === undefined)
        return giveUp(event, rules, 'RetriesExhausted', outcome.error, outcome.requestId);
      event.attempts += 1;
      event.dueAt = now() + delay;
      store.postponeEvent(event);
      schedule(event);
    }
  };

  const run = async (event: PendingEvent) => {
    try {
      const { failure, payload, requestId } = await invoke(event.functionName, event.payload);
      return failure === undefined ? 'done' : { error: payload, requestId };
    } catch (error) {
      if (!(error instanceof InvokeRefused)) throw error;
      return error.status === 404 ? 'unknown-function' : 'throttled';
    }
  };

  const remove = (event: PendingEvent) => {
    store.removeEvent(event.id);
    pending -= 1;
  };
  /** Removed from the store after the failure queue has it: a kill in between sends it twice, not never. */
  const giveUp = async (
    event: PendingEvent,
    rules: AsyncRules | undefined,
    condition: Condition,
    reason: string,
    requestId: string = crypto.randomUUID(),
  ) => {
    if (rules?.sendToFailureQueue === undefined) return drop(event, reason);
    const { functionArn, sendToFailureQueue } = rules;
    const error = condition === 'RetriesExhausted' ? { error: reason } : {};
    try {
      await sendToFailureQueue(
        failedEventRecord(event, { functionArn, condition, requestId, now: now(), ...error }),
      );
      drop(event, reason);
    } catch (cause) {
      drop(event, `${reason}; its failure queue refuses it: ${(cause as Error).message}`);
    }
  };
  const drop = (event: PendingEvent, reason: string) => {
    remove(event);
    options.onDropped(event, reason);
  };

  for (const event of store.events()) {
    pending += 1;
    schedule(event);
  }
  return {
    accept(functionName, payload) {
      if (Buffer.byteLength(payload) > maxEventBytes) {
        const message = `Request must be smaller than ${maxEventBytes} bytes for the InvokeFunction operation`;
        throw new InvokeRefused('RequestTooLargeException', 413, message);
      }
      pending += 1;
      enqueue(store.addEvent(functionName, payload, now()));
    },
    pending: () => pending,
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
