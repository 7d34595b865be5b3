import { randomUUID } from 'node:crypto';
import { AwsError } from './call.ts';

/**
 * - `throttle`, `error`: the error response of an overloaded or failing service
 * - `latency`: the call is delayed by `latencyMs`
 * - `transaction-conflict`: DynamoDB's error for concurrent transactions on one item, which the engine never returns
 * - `drop`: the connection closes before the call is executed
 * - `drop-after-effect`: the call is executed, and the connection closes without a response
 * - `undeliverable`: SNS may not send to `queue`, as with a wrong queue or key policy; no call fails
 */
export const faultKinds = [
  'throttle',
  'error',
  'latency',
  'transaction-conflict',
  'drop',
  'drop-after-effect',
  'undeliverable',
] as const;
type FaultKind = (typeof faultKinds)[number];

/** Which calls fail, and how. An absent member matches every call. */
export type FaultRule = {
  kind: FaultKind;
  /** As in the signature: dynamodb, sqs, sns, s3, secretsmanager, lambda, ses, sts. */
  service?: string;
  /** Operation, as `TransactWriteItems`. */
  action?: string;
  function?: string;
  /** The name of a queue, for `undeliverable`. */
  queue?: string;
  /** The first `count` matching calls; all of them when absent. */
  count?: number;
  /** 0 to 1. */
  probability?: number;
  latencyMs?: number;
};
/** An active rule; `hits` calls have matched it. */
export type Fault = FaultRule & { id: string; hits: number };

/** The active faults. */
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

  /** The fault for this call, if any; counts a hit. */
  match(service: string, action: string, caller: string): Fault | undefined {
    if (this.#rules.length === 0) return undefined;
    const fault = this.#rules.find(
      (rule) =>
        rule.kind !== 'undeliverable' &&
        (rule.service === undefined || rule.service === service) &&
        (rule.action === undefined || rule.action === action) &&
        (rule.function === undefined || rule.function === caller) &&
        (rule.count === undefined || rule.hits < rule.count) &&
        (rule.probability === undefined || Math.random() < rule.probability),
    );
    if (fault) fault.hits += 1;
    return fault;
  }

  /** Whether SNS may not send to a queue; counts a hit. */
  refusesDelivery(queue: string): boolean {
    const fault = this.#rules.find((rule) => rule.kind === 'undeliverable' && rule.queue === queue);
    if (fault) fault.hits += 1;
    return fault !== undefined;
  }
}

/** The error of a fault; undefined for faults without one. */
export function errorFor(fault: Fault, items: number | undefined): AwsError | undefined {
  if (fault.kind === 'throttle') return new AwsError('throttled', 'Rate exceeded');
  if (fault.kind === 'error')
    return new AwsError('internal', 'We encountered an internal error. Please try again.');
  if (fault.kind === 'transaction-conflict') return conflict(items);
  return undefined;
}

const dynamoDbError = 'com.amazonaws.dynamodb.v20120810#';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
function conflict(items: number | undefined): AwsError {
  if (items === undefined)
    return new AwsError(
      { code: `${dynamoDbError}TransactionConflictException`, status: 400 },
      'Transaction is ongoing for the item',
    );
  const reasons = Array.from({ length: items }, (_, index) =>
    index === 0
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None' },
  );
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    {
      code: `${dynamoDbError}TransactionCanceledException`,
      status: 400,
      members: { CancellationReasons: reasons },
    },
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  );
}
