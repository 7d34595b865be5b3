import type { SnsStore, SqsStore } from './fauxqs-internals.ts';

/**
 * The topics as a publish sees them: a subscription whose queue does not exist, or `refuses` the message, delivers to its
 * dead-letter queue, as SNS does after a client-side error
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html). Without one the message is dropped.
 */
export function withDeadLetters(
  sns: SnsStore,
  sqs: SqsStore,
  refuses: (queueName: string) => boolean,
): SnsStore {
  const getSubscription: SnsStore['getSubscription'] = (arn) => {
    const subscription = sns.getSubscription(arn);
    if (subscription === undefined) return undefined;
    const queue = nameOf(subscription.endpoint);
    if (sqs.getQueueByName(queue) && !refuses(queue)) return subscription;
    return { ...subscription, endpoint: deadLetterTargetOf(subscription.attributes) ?? 'no queue' };
  };
  return Object.create(sns, { getSubscription: { value: getSubscription } }) as SnsStore;
}

/** The ARN of the dead-letter queue that the RedrivePolicy of a queue or subscription names. */
export function deadLetterTargetOf({ RedrivePolicy = '' }: Record<string, string>): string | undefined {
  return RedrivePolicy === ''
    ? undefined
    : (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
