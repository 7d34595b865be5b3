import { randomUUID } from 'node:crypto';
import { AwsError } from './call.ts';

/**
 * - `throttle`, `error`: the call is refused as the service refuses when it is overloaded or broken
 * - `latency`: the call waits `latencyMs` first
 * - `transaction-conflict`: DynamoDB's answer to two transactions on one item, which no local engine ever gives
 * - `drop`: the connection closes before anything happens
 * - `drop-after-effect`: the call is carried out, and the connection closes instead of an answer
 */
export type FaultKind =
  | 'throttle'
  | 'error'
  | 'latency'
  | 'transaction-conflict'
  | 'drop'
  | 'drop-after-effect';

/** Which calls go wrong, and how. What is left out fits every call. */
export type FaultRule = {
  kind: FaultKind;
  /** As in the signature: dynamodb, sqs, sns, s3, secretsmanager, lambda, ses, sts. */
  service?: string;
  /** Operation, as `TransactWriteItems`. */
  action?: string;
  function?: string;
  /** The first `count` fitting calls; all of them when absent. */
  count?: number;
  /** 0 to 1. */
  probability?: number;
  latencyMs?: number;
};
/** A rule in force; `hits` calls have gone wrong by it. */
export type Fault = FaultRule & { id: string; hits: number };

/** The faults in force. */
export class Faults {
  #rules: Fault[] = [];

  add(rule: FaultRule): Fault {
    const fault = { ...rule, id: randomUUID(), hits: 0 };
    this.#rules.push(fault);
    return { ...fault };
  }

  list(): Fault[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that hits this call, if any; counted. */
  match(service: string, action: string, caller: string): Fault | undefined {
    if (this.#rules.length === 0) return undefined;
    const fault = this.#rules.find(
      (rule) =>
        (rule.service === undefined || rule.service === service) &&
        (rule.action === undefined || rule.action === action) &&
        (rule.function === undefined || rule.function === caller) &&
        (rule.count === undefined || rule.hits < rule.count) &&
        (rule.probability === undefined || Math.random() < rule.probability),
    );
    if (fault) fault.hits += 1;
    return fault;
  }
}

/** The refusal that a fault stands for; undefined for those that do not refuse. */
export function errorFor(fault: Fault, items: number | undefined): AwsError | undefined {
  if (fault.kind === 'throttle') return new AwsError('throttled', 'Rate exceeded');
  if (fault.kind === 'error')
    return new AwsError('internal', 'We encountered an internal error. Please try again.');
  if (fault.kind === 'transaction-conflict') return conflict(items);
  return undefined;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
function conflict(items: number | undefined): AwsError {
  if (items === undefined) return new AwsError('conflict', 'Transaction is ongoing for the item');
  const reasons = Array.from({ length: items }, (_, index) =>
    index === 0
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None' },
  );
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    {
      code: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      status: 400,
      members: { CancellationReasons: reasons },
    },
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  );
}
