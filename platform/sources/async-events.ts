import { type Invoke, InvokeRefused } from '../host/invoke.ts';
import { maxEventBytes } from '../host/limits.ts';
import type { AsyncRules } from './async-rules.ts';
import { eventQueues } from './event-queues.ts';
import { type Failure, failedEventRecord } from './failed-event.ts';
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

type AsyncEventsOptions = {
  invoke: Invoke;
  store: SourceStore;
  rulesOf: (functionName: string) => AsyncRules;
  /** Waits before the second and the third attempt. Lambda waits one and two minutes; the platform shortens them. */
  retryDelaysMs: readonly [number, number];
  /** Called for an event that failed for the last time or whose function does not exist. */
  onDropped: (event: PendingEvent, reason: string) => void;
};

const throttledRetryMs = 1_000;

/**
 * At-least-once delivery as by Lambda: two retries after an error, and retries for six hours while the function is
 * throttled, which do not count as attempts
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export function asyncEvents(options: AsyncEventsOptions): AsyncEvents {
  const { invoke, store, rulesOf, retryDelaysMs, onDropped } = options;
  let pending = 0;

  const attempt = async (event: PendingEvent) => {
    const outcome = await invokeWith(invoke, event);
    if (queues.stopped()) return; // still in the store: it is tried again at the next start
    const rules = rulesOf(event.functionName);
    if (outcome === 'done') return remove(event);
    if (outcome === 'unknown-function') return drop(event, 'the function does not exist');
    if (outcome === 'throttled') {
      if (Date.now() - event.acceptedAt <= rules.maximumAgeMs) {
        event.dueAt = Date.now() + throttledRetryMs;
        return queues.schedule(event);
      }
      const requestId = crypto.randomUUID();
      return giveUp(event, rules, { condition: 'EventAgeExceeded', requestId }, 'throttled for too long');
    }
    const delayMs = event.attempts < rules.maximumRetryAttempts ? retryDelaysMs[event.attempts] : undefined;
    if (delayMs === undefined)
      return giveUp(event, rules, { condition: 'RetriesExhausted', ...outcome }, outcome.error);
    event.attempts += 1;
    event.dueAt = Date.now() + delayMs;
    store.postponeEvent(event);
    queues.schedule(event);
  };
  const queues = eventQueues(attempt);

  const remove = (event: PendingEvent) => {
    store.removeEvent(event.id);
    pending -= 1;
  };
  const drop = (event: PendingEvent, reason: string) => {
    remove(event);
    onDropped(event, reason);
  };
  /** Removed from the store after the failure queue has it: a kill in between sends it twice, not never. */
  const giveUp = async (event: PendingEvent, rules: AsyncRules, failure: Failure, reason: string) => {
    try {
      const { onFailure } = rules;
      if (onFailure) await onFailure.send(failedEventRecord(event, failure, onFailure.functionArn));
      drop(event, reason);
    } catch (cause) {
      drop(event, `${reason}; sending it to the failure queue failed: ${(cause as Error).message}`);
    }
  };

  for (const event of store.events()) {
    pending += 1;
    queues.schedule(event);
  }
  return {
    accept(functionName, payload) {
      checkSize(payload);
      pending += 1;
      queues.schedule(store.addEvent(functionName, payload, Date.now()));
    },
    pending: () => pending,
    stop: queues.stop,
  };
}

/** The result of one attempt; the object is a function error. */
type Outcome = 'done' | 'throttled' | 'unknown-function' | { error: string; requestId: string };

async function invokeWith(invoke: Invoke, event: PendingEvent): Promise<Outcome> {
  try {
    const { failure, payload, requestId } = await invoke(event.functionName, event.payload);
    return failure === undefined ? 'done' : { error: payload, requestId };
  } catch (error) {
    if (!(error instanceof InvokeRefused)) throw error;
    return error.status === 404 ? 'unknown-function' : 'throttled';
  }
}

function checkSize(payload: string): void {
  if (Buffer.byteLength(payload) <= maxEventBytes) return;
  const message = `Request must be smaller than ${maxEventBytes} bytes for the InvokeFunction operation`;
  throw new InvokeRefused('RequestTooLargeException', 413, message);
}
