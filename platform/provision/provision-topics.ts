import type { Deployment, SubscriptionSpec, TopicSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import { type Messaging, MessagingError } from '../engines/messaging.ts';
import { internalQueueName } from './internal-queues.ts';

/** What may change on a topic that exists. */
const topicDefaults: Record<string, string> = { DisplayName: '' };
const fifoTopicDefaults: Record<string, string> = { ...topicDefaults, ContentBasedDeduplication: 'false' };

/** Makes topics that are missing, sets attributes that differ, and deletes those that no stack has any more. */
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

/** A subscription as the engine has it: always to a queue. */
type Wanted = SubscriptionSpec & { queueArn: string; attributes: Record<string, string> };

const subscriptionDefaults: Record<string, string> = {
  RawMessageDelivery: 'false',
  FilterPolicy: '',
  FilterPolicyScope: 'MessageAttributes',
  RedrivePolicy: '',
};

/** Makes subscriptions that are missing, changes those that differ and ends those that no stack has any more. */
export async function provisionSubscriptions(
  messaging: Messaging,
  deployment: Pick<Deployment, 'subscriptions' | 'topics' | 'region' | 'accountId'>,
): Promise<void> {
  for (const topic of deployment.topics) {
    const wanted = new Map<string, Wanted>();
    for (const subscription of deployment.subscriptions) {
      if (subscription.topicArn !== topic.arn) continue;
      const each = asWanted(subscription, deployment);
      if (wanted.has(each.queueArn))
        throw new StartError(
          `${each.stack} / ${each.logicalId}: ${each.queueArn} is subscribed twice to ${topic.name}.`,
        );
      wanted.set(each.queueArn, each);
    }
    const existing = [...messaging.subscriptions()].filter(({ topicArn }) => topicArn === topic.arn);
    for (const { arn: SubscriptionArn, endpoint, attributes: known } of existing) {
      const each = wanted.get(endpoint);
      if (!each) {
        await messaging.sns('Unsubscribe', { SubscriptionArn });
        continue;
      }
      wanted.delete(each.queueArn);
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
    for (const each of wanted.values()) await subscribe(messaging, each);
  }
}

async function subscribe(messaging: Messaging, each: Wanted): Promise<void> {
  try {
    await messaging.sns('Subscribe', {
      TopicArn: each.topicArn,
      Protocol: 'sqs',
      Endpoint: each.queueArn,
      ...flattened(each.attributes),
    });
  } catch (error) {
    if (!(error instanceof MessagingError)) throw error;
    throw new StartError(`${each.stack} / ${each.logicalId}: the subscription is refused: ${error.message}`);
  }
}

function asWanted(
  subscription: SubscriptionSpec,
  { region, accountId }: Pick<Deployment, 'region' | 'accountId'>,
): Wanted {
  const { endpointArn, topicArn, protocol, filterPolicy, filterPolicyScope, redrivePolicy, rawDelivery } =
    subscription;
  const internal = protocol === 'lambda';
  const queueArn = internal
    ? `arn:aws:sqs:${region}:${accountId}:${internalQueueName(endpointArn, topicArn)}`
    : endpointArn;
  const attributes: Record<string, string> = {
    // A function gets the whole envelope of SNS, whatever the subscription says.
    RawMessageDelivery: String(rawDelivery && !internal),
    FilterPolicyScope: filterPolicyScope,
  };
  if (filterPolicy !== undefined) attributes['FilterPolicy'] = JSON.stringify(filterPolicy);
  if (redrivePolicy !== undefined) attributes['RedrivePolicy'] = JSON.stringify(redrivePolicy);
  return { ...subscription, queueArn, attributes };
}

/** `Attributes.entry.1.key` …, as SNS takes a map in a form. */
function flattened(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value], index) => [
      [`Attributes.entry.${index + 1}.key`, key],
      [`Attributes.entry.${index + 1}.value`, value],
    ]),
  );
}
