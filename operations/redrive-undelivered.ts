/** Delivers the events of a subscription's dead-letter queue to its subscriber. */
import { randomUUID } from 'node:crypto';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { deploymentOf } from '../build/compiled.ts';
import type { SubscriptionSpec } from '../build/deployment.ts';
import { invoke } from '../client/invoke.ts';
import { topicEvent } from '../platform/sources/topic-source.ts';
import { runCommand, UsageError } from './command.ts';

const help = `node operations/redrive-undelivered.ts --stage prod --queue shop-prod-…-undelivered[.fifo]

Delivers the events that SNS could not deliver to a subscriber, from the subscription's dead-letter queue to the
subscriber's queue or function, oldest first. SQS moves messages only between queues (StartMessageMoveTask), so this command
does what it does: a message is deleted after it was delivered. Uses the AWS credentials and region of the environment.`;

const options = { stage: { type: 'string' }, queue: { type: 'string' } } as const;

await runCommand(help, options, async ({ stage, queue }) => {
  if (!stage) throw new UsageError('--stage is missing');
  if (!queue) throw new UsageError('--queue is missing');
  const { subscriptions } = await deploymentOf(stage);
  const subscription = subscriptions.find((each) => nameOf(deadLettersOf(each)) === queue);
  if (!subscription)
    throw new UsageError(
      `--queue ${queue} is not the dead-letter queue of a subscription of ${stage}. There are: ` +
        subscriptions.map((each) => nameOf(deadLettersOf(each))).join(', '),
    );
  const sqs = new SQSClient({});
  const deliver =
    subscription.protocol === 'sqs' ? await toQueue(sqs, subscription) : toFunction(subscription);
  console.log(
    `${await redrive(sqs, queue, deliver)} events delivered to ${nameOf(subscription.endpointArn)}.`,
  );
});

type Deliver = (message: Message) => Promise<unknown>;

function deadLettersOf({ redrivePolicy }: SubscriptionSpec): string {
  return (redrivePolicy as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

/** The name at the end of a queue's or function's ARN. Template and account have the same names, not the same ARNs. */
function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string | undefined> {
  return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
}

async function redrive(sqs: SQSClient, queue: string, deliver: Deliver): Promise<number> {
  const QueueUrl = await urlOf(sqs, queue);
  for (let delivered = 0; ; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 120,
        WaitTimeSeconds: 2,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return delivered;
    for (const message of Messages) {
      await deliver(message);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      delivered += 1;
    }
  }
}

/** Sends the event as the subscription would have: raw. */
async function toQueue(sqs: SQSClient, { endpointArn }: SubscriptionSpec): Promise<Deliver> {
  const name = nameOf(endpointArn);
  const QueueUrl = await urlOf(sqs, name);
  return ({ Body = '', Attributes = {}, MessageAttributes }) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: eventIn(Body),
        MessageAttributes,
        // A new deduplication id: the subscriber's queue may have seen the old one within five minutes.
        ...(name.endsWith('.fifo')
          ? { MessageGroupId: Attributes['MessageGroupId'], MessageDeduplicationId: randomUUID() }
          : {}),
      }),
    );
}

/** Invokes what SNS invokes: the alias where there is one. Without it, Lambda runs the newest code, released or not. */
function toFunction({ endpointArn, alias, topicArn }: SubscriptionSpec): Deliver {
  const lambda = new LambdaClient({});
  const target = alias === undefined ? nameOf(endpointArn) : `${nameOf(endpointArn)}:${alias}`;
  return ({ Body = '', MessageId }) =>
    invoke(lambda, target, topicEvent(asNotification(Body, MessageId), topicArn));
}

/** The notification as functions receive it, also of an event that SNS kept raw. */
function asNotification(body: string, messageId: string | undefined): string {
  const { Type } = JSON.parse(body) as { Type?: string };
  return Type === 'Notification'
    ? body
    : JSON.stringify({ Type: 'Notification', MessageId: messageId, Message: body });
}

/** The event, whether SNS kept it raw or within its notification (raw delivery does not apply to every protocol). */
function eventIn(body: string): string {
  const { Type, Message } = JSON.parse(body) as { Type?: string; Message?: string };
  return Type === 'Notification' && Message !== undefined ? Message : body;
}
