import * as z from 'zod';
import type { Json, QueueSpec, SubscriptionSpec, TopicSpec } from '../deployment.ts';
import { aliasIn, unqualified } from './read-rest-apis.ts';
import {
  cfnBoolean,
  cfnJson,
  originOf,
  parseProperties,
  present,
  type ResolvedResource,
} from './resource-reader.ts';
import { TemplateError } from './template-error.ts';

const attribute = z.union([z.string(), z.number(), z.boolean()]).transform(String).optional();
const queueProperties = z.strictObject({
  QueueName: z.string().max(80).optional(),
  FifoQueue: cfnBoolean.default(false),
  ContentBasedDeduplication: attribute,
  DeduplicationScope: attribute,
  DelaySeconds: attribute,
  FifoThroughputLimit: attribute,
  MaximumMessageSize: attribute,
  MessageRetentionPeriod: attribute,
  ReceiveMessageWaitTimeSeconds: attribute,
  VisibilityTimeout: attribute,
  RedrivePolicy: cfnJson.optional(),
});
const topicProperties = z.strictObject({
  TopicName: z.string().max(256).optional(),
  FifoTopic: cfnBoolean.default(false),
  ContentBasedDeduplication: attribute,
  DisplayName: attribute,
  FifoThroughputScope: attribute,
});
const subscriptionProperties = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.enum(['sqs', 'lambda']),
  Endpoint: z.string(),
  RawMessageDelivery: cfnBoolean.default(false),
  FilterPolicy: cfnJson.optional(),
  FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).default('MessageAttributes'),
  RedrivePolicy: cfnJson.optional(),
});

/** Reads AWS::SQS::Queue; attributes have the names and format of the SQS API. */
export function readQueue(resource: ResolvedResource): QueueSpec {
  const { QueueName: _name, FifoQueue, RedrivePolicy, ...own } = parseProperties(queueProperties, resource);
  const name = resource.value('QueueName');
  refuseOddSuffix(name, FifoQueue, resource);
  return {
    ...originOf(resource),
    name,
    arn: resource.value('Arn'),
    url: resource.value('ref'),
    fifo: FifoQueue,
    attributes: attributesOf({
      ...own,
      FifoQueue: FifoQueue ? 'true' : undefined,
      RedrivePolicy: RedrivePolicy === undefined ? undefined : asText(RedrivePolicy),
    }),
  };
}

/** Reads AWS::SNS::Topic. */
export function readTopic(resource: ResolvedResource): TopicSpec {
  const parsed = parseProperties(topicProperties, resource);
  const { FifoTopic, ContentBasedDeduplication, DisplayName, FifoThroughputScope } = parsed;
  const name = resource.value('TopicName');
  refuseOddSuffix(name, FifoTopic, resource);
  return {
    ...originOf(resource),
    name,
    arn: resource.value('ref'),
    fifo: FifoTopic,
    attributes: attributesOf({
      FifoTopic: FifoTopic ? 'true' : undefined,
      ContentBasedDeduplication,
      DisplayName,
      FifoThroughputScope,
    }),
  };
}

/** Reads AWS::SNS::Subscription. */
export function readSubscription(resource: ResolvedResource): SubscriptionSpec {
  const parsed = parseProperties(subscriptionProperties, resource);
  const { Protocol } = parsed;
  return present({
    ...originOf(resource),
    topicArn: parsed.TopicArn,
    protocol: Protocol,
    endpointArn: Protocol === 'lambda' ? unqualified(parsed.Endpoint) : parsed.Endpoint,
    alias: Protocol === 'lambda' ? aliasIn(parsed.Endpoint) : undefined,
    rawDelivery: parsed.RawMessageDelivery,
    filterPolicy: parsed.FilterPolicy === undefined ? undefined : asJson(parsed.FilterPolicy),
    filterPolicyScope: parsed.FilterPolicyScope,
    redrivePolicy: parsed.RedrivePolicy === undefined ? undefined : asJson(parsed.RedrivePolicy),
  });
}

/** FIFO queues and topics end in `.fifo`; no other name may (SQS and SNS, naming). */
function refuseOddSuffix(name: string, fifo: boolean, resource: ResolvedResource): void {
  if (name.endsWith('.fifo') !== fifo)
    throw new TemplateError(
      resource,
      `${name} ${fifo ? 'is FIFO and must end in' : 'is not FIFO and ends in'} .fifo`,
    );
}

function attributesOf(attributes: Record<string, string | undefined>): Record<string, string> {
  return present(attributes) as Record<string, string>;
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asJson(value: Json): Json {
  return typeof value === 'string' ? (JSON.parse(value) as Json) : value;
}
