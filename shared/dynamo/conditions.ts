import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Write } from './write.ts';

/** Conditions of a write or transaction failed; nothing was written. */
export class ConditionsFailed extends Error {
  override readonly name = 'ConditionsFailed';
  /** The writes whose conditions failed. */
  readonly failed: ReadonlySet<Write>;

  constructor(failed: Iterable<Write>) {
    const writes = new Set(failed);
    super(`conditions failed: ${[...writes].map(({ kind, table }) => `${kind} ${table}`).join(', ')}`);
    this.failed = writes;
  }
}

/** Whether an error says that the condition of one of these writes failed. */
export const conditionFailed = (
  error: unknown,
  ...writes: (Write | undefined)[]
): error is ConditionsFailed =>
  error instanceof ConditionsFailed && writes.some((write) => write !== undefined && error.failed.has(write));

/** Why a call failed: a condition, contention on its items, an unavailable service, or something else. */
export type Failure =
  | { kind: 'conditions'; error: ConditionsFailed }
  | { kind: 'contended' }
  | { kind: 'unavailable' }
  | { kind: 'other' };

/**
 * Reasons and errors that are worth a retry (DynamoDB Developer Guide, "Error handling" and "Transaction conflict
 * handling in DynamoDB"). The SDK has already retried throttling and server errors.
 */
const contendedReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const contendedErrors = new Set(['TransactionConflictException', 'TransactionInProgressException']);
const throttlingErrors = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

/** Classifies an error of the client; a failed condition is decisive even if other items were contended. */
export function failureOf(error: unknown, writes: readonly Write[]): Failure {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
    const failed = writes.filter((_, index) => codes[index] === 'ConditionalCheckFailed');
    if (failed.length > 0) return { kind: 'conditions', error: new ConditionsFailed(failed) };
    return codes.some((code) => contendedReasons.has(code ?? '')) ? { kind: 'contended' } : { kind: 'other' };
  }
  if (error instanceof ConditionalCheckFailedException)
    return { kind: 'conditions', error: new ConditionsFailed(writes) };
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (contendedErrors.has(name)) return { kind: 'contended' };
  // The SDK adds $metadata to every failed call; without a status there was no response.
  const noResponse = $metadata !== undefined && ($metadata.httpStatusCode ?? 503) >= 500;
  return noResponse || throttlingErrors.has(name) ? { kind: 'unavailable' } : { kind: 'other' };
}
