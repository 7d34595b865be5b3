import { type Invoke, InvokeRefused } from '../host/invoke.ts';
import { maxEventBytes } from '../host/limits.ts';
import { type AsyncRules, nextStep, type Outcome } from './async-retry.ts';
import { eventQueues } from './event-queues.ts';
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

type AsyncEventsOptions = {
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

/**
 * At-least-once delivery as by Lambda: two retries after an error, and retries for six hours while the function is
 * throttled
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export function asyncEvents(options: AsyncEventsOptions): AsyncEvents {
  const { invoke, store, retryDelaysMs, now = Date.now } = options;
  let pending = 0;

  const attempt = async (event: PendingEvent) => {
    const outcome = await invokeWith(invoke, event);
    if (queues.stopped()) return; // still in the store: it is tried again at the next start
    const rules = options.rulesOf?.(event.functionName);
    const step = nextStep(event, outcome, { rules, retryDelaysMs, now: now() });
    switch (step.kind) {
      case 'remove':
        return remove(event);
      case 'drop':
        return drop(event, step.reason);
      case 'give-up':
        return giveUp(event, rules, step);
      case 'retry':
        event.dueAt = now() + step.delayMs;
        if (step.countsAttempt) {
          event.attempts += 1;
          store.postponeEvent(event);
        }
        queues.schedule(event);
    }
  };
  const queues = eventQueues(attempt, now);

  const remove = (event: PendingEvent) => {
    store.removeEvent(event.id);
    pending -= 1;
  };
  const drop = (event: PendingEvent, reason: string) => {
    remove(event);
    options.onDropped(event, reason);
  };
  /** Removed from the store after the failure queue has it: a kill in between sends it twice, not never. */
  const giveUp = async (
    event: PendingEvent,
    rules: AsyncRules | undefined,
    { condition, reason, requestId }: { condition: Condition; reason: string; requestId: string },
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
      queues.schedule(store.addEvent(functionName, payload, now()));
    },
    pending: () => pending,
    stop: queues.stop,
  };
}

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
