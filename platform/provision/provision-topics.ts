import type { Deployment, SubscriptionSpec, TopicSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { type Messaging, MessagingError } from '../engines/messaging.ts';
import { internalQueueName } from './internal-queues.ts';

/** The attributes of an existing topic that can change. */
const topicDefaults: Record<string, string> = { DisplayName: '' };
const fifoTopicDefaults: Record<string, string> = { ...topicDefaults, ContentBasedDeduplication: 'false' };

/** Creates missing topics, sets attributes that differ, and deletes topics that no stack declares. */
export async function provisionTopics(messaging: Messaging, topics: TopicSpec[]): Promise<void> {
  for (const topic of topics) {
    const known = [...messaging.topics()].find(({ arn }) => arn === topic.arn)?.attributes;
    if (!known) {
      await messaging.sns('CreateTopic', { Name: topic.name, ...flattened(topic.attributes) });
      continue;
    }
    const wanted = { ...(topic.fifo ? fifoTopicDefaults : topicDefaults), ...topic.attributes };
    for (const [AttributeName, AttributeValue] of Object.entries(wanted))
      if ((known[AttributeName] ?? '') !== AttributeValue)
        await messaging.sns('SetTopicAttributes', { TopicArn: topic.arn, AttributeName, AttributeValue });
  }
  const wanted = new Set(topics.map(({ arn }) => arn));
  for (const { arn } of [...messaging.topics()])
    if (!wanted.has(arn)) await messaging.sns('DeleteTopic', { TopicArn: arn });
}

/** A subscription in the engine, which delivers only to queues. */
type QueueSubscription = SubscriptionSpec & { queueArn: string; attributes: Record<string, string> };

const subscriptionDefaults: Record<string, string> = {
  RawMessageDelivery: 'false',
  FilterPolicy: '',
  FilterPolicyScope: 'MessageAttributes',
  RedrivePolicy: '',
};

/** Creates missing subscriptions, changes those that differ, and deletes those that no stack declares. */
export async function provisionSubscriptions(
  messaging: Messaging,
  deployment: Pick<Deployment, 'subscriptions' | 'topics' | 'region' | 'accountId'>,
): Promise<void> {
  for (const topic of deployment.topics) {
    const missing = new Map<string, QueueSubscription>();
    for (const subscription of deployment.subscriptions) {
      if (subscription.topicArn !== topic.arn) continue;
      const each = toQueueSubscription(subscription, deployment);
      if (missing.has(each.queueArn))
        throw new StartError(
          `${each.stack} / ${each.logicalId}: ${each.queueArn} is subscribed twice to ${topic.name}.`,
        );
      missing.set(each.queueArn, each);
    }
    const existing = [...messaging.subscriptions()].filter(({ topicArn }) => topicArn === topic.arn);
    for (const { arn: SubscriptionArn, endpoint, attributes: known } of existing) {
      const each = missing.get(endpoint);
      if (!each) {
        await messaging.sns('Unsubscribe', { SubscriptionArn });
        continue;
      }
      missing.delete(each.queueArn);
      for (const [AttributeName, AttributeValue] of Object.entries({
        ...subscriptionDefaults,
        ...each.attributes,
      }))
        if ((known[AttributeName] ?? subscriptionDefaults[AttributeName]) !== AttributeValue)
          await messaging.sns('SetSubscriptionAttributes', {
            SubscriptionArn,
            AttributeName,
            AttributeValue,
          });
    }
    for (const each of missing.values()) await subscribe(messaging, each);
  }
}

async function subscribe(messaging: Messaging, each: QueueSubscription): Promise<void> {
  try {
    await messaging.sns('Subscribe', {
      TopicArn: each.topicArn,
      Protocol: 'sqs',
      Endpoint: each.queueArn,
      ...flattened(each.attributes),
    });
  } catch (error) {
    if (!(error instanceof MessagingError)) throw error;
    throw new StartError(`${each.stack} / ${each.logicalId}: the subscription is rejected: ${error.message}`);
  }
}

function toQueueSubscription(
  subscription: SubscriptionSpec,
  { region, accountId }: Pick<Deployment, 'region' | 'accountId'>,
): QueueSubscription {
  const { endpointArn, topicArn, protocol, filterPolicy, filterPolicyScope, redrivePolicy, rawDelivery } =
    subscription;
  const internal = protocol === 'lambda';
  const queueArn = internal
    ? `arn:aws:sqs:${region}:${accountId}:${internalQueueName(endpointArn, topicArn)}`
    : endpointArn;
  const attributes: Record<string, string> = {
    // SNS never delivers raw messages to functions.
    RawMessageDelivery: String(rawDelivery && !internal),
    FilterPolicyScope: filterPolicyScope,
  };
  if (filterPolicy !== undefined) attributes['FilterPolicy'] = JSON.stringify(filterPolicy);
  if (redrivePolicy !== undefined) attributes['RedrivePolicy'] = JSON.stringify(redrivePolicy);
  return { ...subscription, queueArn, attributes };
}

/** SNS's form encoding of a map: `Attributes.entry.1.key` … */
function flattened(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value], index) => [
      [`Attributes.entry.${index + 1}.key`, key],
      [`Attributes.entry.${index + 1}.value`, value],
    ]),
  );
}
