import type { Condition } from './failed-event.ts';
import type { PendingEvent } from './source-store.ts';

/** Retry limits of a function, and its failure destination for events that exceed them. */
export type AsyncRules = {
  functionArn: string;
  maximumRetryAttempts: number;
  maximumAgeMs: number;
  sendToFailureQueue?: (record: string) => Promise<unknown>;
};

/** Lambda retries a throttled event for six hours, and a failed one twice. */
const defaultMaxAgeMs = 6 * 60 * 60 * 1_000;
const defaultRetryAttempts = 2;
const throttledRetryMs = 1_000;

/** The result of one attempt; the object is a function error. */
export type Outcome = 'done' | 'throttled' | 'unknown-function' | { error: string; requestId: string };

type NextStep =
  | { kind: 'remove' }
  | { kind: 'drop'; reason: string }
  | { kind: 'retry'; delayMs: number; countsAttempt: boolean }
  | { kind: 'give-up'; condition: Condition; reason: string; requestId: string };

/** Decides what happens to an event after an attempt. Throttled attempts do not count as attempts. */
export function nextStep(
  event: PendingEvent,
  outcome: Outcome,
  given: { rules: AsyncRules | undefined; retryDelaysMs: readonly [number, number]; now: number },
): NextStep {
  const { rules, retryDelaysMs, now } = given;
  if (outcome === 'done') return { kind: 'remove' };
  if (outcome === 'unknown-function') return { kind: 'drop', reason: 'the function does not exist' };
  if (outcome === 'throttled') {
    if (now - event.acceptedAt <= (rules?.maximumAgeMs ?? defaultMaxAgeMs))
      return { kind: 'retry', delayMs: throttledRetryMs, countsAttempt: false };
    const reason = 'throttled for too long';
    return { kind: 'give-up', condition: 'EventAgeExceeded', reason, requestId: crypto.randomUUID() };
  }
  const mayRetry = event.attempts < (rules?.maximumRetryAttempts ?? defaultRetryAttempts);
  const delayMs = mayRetry ? retryDelaysMs[event.attempts] : undefined;
  if (delayMs !== undefined) return { kind: 'retry', delayMs, countsAttempt: true };
  return {
    kind: 'give-up',
    condition: 'RetriesExhausted',
    reason: outcome.error,
    requestId: outcome.requestId,
  };
}
