import { createHash } from 'node:crypto';
import type { Deployment, QueueSpec, SubscriptionSpec } from '../../build/deployment.ts';

/** SQS, "Quotas": a queue's name has at most 80 characters. */
const maxNameLength = 80;
/** Lambda, "Asynchronous invocation": an event waits at most six hours. */
const maxEventAgeSeconds = 6 * 3600;

/**
 * The name of the queue between a topic and a subscribed function. The messaging engine invokes no functions, so the
 * platform subscribes this queue instead, with the same filter, and invokes the function for each message. The queue is
 * in no template, no role may read it, and the console does not show it.
 */
export function internalQueueName(functionArn: string, topicArn: string): string {
  const last = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);
  const name = `internal-${last(functionArn)}-${last(topicArn)}`;
  if (name.length <= maxNameLength) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, maxNameLength - hash.length - 1)}-${hash}`;
}

/** Whether a queue was created by the platform itself. */
export function isInternalQueue(name: string): boolean {
  return name.startsWith('internal-');
}

/** The queue for one subscription of a function. A message stays hidden for as long as the function may run. */
export function internalQueue(
  subscription: SubscriptionSpec,
  deployment: Pick<Deployment, 'functions' | 'region' | 'accountId'>,
): Pick<QueueSpec, 'name' | 'arn' | 'fifo' | 'attributes' | 'stack' | 'logicalId'> {
  const name = internalQueueName(subscription.endpointArn, subscription.topicArn);
  const target = deployment.functions.find(({ arn }) => arn === subscription.endpointArn);
  return {
    stack: subscription.stack,
    logicalId: subscription.logicalId,
    name,
    arn: `arn:aws:sqs:${deployment.region}:${deployment.accountId}:${name}`,
    fifo: false,
    attributes: {
      VisibilityTimeout: String(Math.ceil((target?.timeoutMs ?? 30_000) / 1000) + 30),
      MessageRetentionPeriod: String(maxEventAgeSeconds),
    },
  };
}
