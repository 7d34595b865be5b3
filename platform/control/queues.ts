import { randomUUID } from 'node:crypto';
import type { Deployment } from '../../build/deployment.ts';
import type { Messaging } from '../engines/messaging.ts';
import { deadLetterTargetOf } from '../engines/undelivered.ts';
import { isInternalQueue } from '../provision/internal-queues.ts';

export type QueueView = ReturnType<typeof listQueues>[number];

/**
 * Every queue of the shop with its message counts, without the platform's internal queues. `redrivesTo` are the queues
 * whose dead letters it holds: those that failed there, or that a topic could not deliver there.
 */
export function listQueues(messaging: Messaging) {
  const queues = [...messaging.queues()].filter(({ name }) => !isInternalQueue(name));
  const failing = [
    ...queues.map(({ name, attributes }) => ({ name, deadLetters: deadLetterTargetOf(attributes) })),
    ...[...messaging.subscriptions()].map(({ endpoint, attributes }) => ({
      name: nameOf(endpoint),
      deadLetters: deadLetterTargetOf(attributes),
    })),
  ];
  return queues.map((queue) => {
    const { ready, delayed, inflight } = queue.inspectMessages();
    const deadLetters = deadLetterTargetOf(queue.attributes);
    return {
      name: queue.name,
      arn: queue.arn,
      ready: ready.length,
      inFlight: inflight.length,
      delayed: delayed.length,
      deadLetterQueue: deadLetters && nameOf(deadLetters),
      redrivesTo: failing.filter((other) => other.deadLetters === queue.arn).map(({ name }) => name),
    };
  });
}

type Received = {
  Body: string;
  ReceiptHandle: string;
  Attributes?: { MessageGroupId?: string };
  MessageAttributes?: Record<string, unknown>;
};

/**
 * Moves every dead letter of a queue back into it, as SQS's message move task does; `name` is the queue, its dead-letter
 * queue, or the dead-letter queue of a subscription. A message is sent before it is deleted, so that a crash in between
 * loses nothing.
 * @returns how many were moved; undefined when a queue is missing or has no dead letters
 */
export async function redrive(messaging: Messaging, name: string): Promise<number | undefined> {
  const named = listQueues(messaging).find((view) => view.name === name);
  const target = named?.deadLetterQueue === undefined ? named?.redrivesTo[0] : name;
  const source = named?.deadLetterQueue ?? name;
  const from = source === undefined ? undefined : messaging.queue(source);
  const to = target === undefined ? undefined : messaging.queue(target);
  if (from === undefined || to === undefined) return undefined;
  return eachMessage(messaging, from.url, (message) =>
    messaging.sqs('SendMessage', {
      QueueUrl: to.url,
      MessageBody: message.Body,
      ...(message.MessageAttributes === undefined ? {} : { MessageAttributes: message.MessageAttributes }),
      // A new deduplication id: with the old one, SQS would drop the message for five minutes.
      ...(to.isFifo()
        ? { MessageGroupId: message.Attributes?.MessageGroupId, MessageDeduplicationId: randomUUID() }
        : {}),
    }),
  );
}

/** The fields of Lambda's record of a failed asynchronous invocation that are needed to invoke again. */
type FailedEvent = { requestContext: { functionArn: string }; requestPayload: unknown };

/**
 * Invokes functions again with the asynchronous events that they failed to handle, from their failure queue.
 * @returns how many; undefined when no function has this failure queue
 */
export async function redriveEvents(
  messaging: Messaging,
  { asyncInvokes, functions }: Pick<Deployment, 'asyncInvokes' | 'functions'>,
  name: string,
  accept: (functionName: string, payload: string) => void,
): Promise<number | undefined> {
  const queue = messaging.queue(name);
  if (!queue || !asyncInvokes.some(({ onFailureArn }) => onFailureArn === queue.arn)) return undefined;
  return eachMessage(messaging, queue.url, async ({ Body }) => {
    const { requestContext, requestPayload } = JSON.parse(Body) as FailedEvent;
    const failed = functions.find(({ arn }) => requestContext.functionArn.startsWith(`${arn}:`));
    if (failed) accept(failed.name, JSON.stringify(requestPayload));
  });
}

/** Receives every message of a queue and deletes each after `handle`. @returns how many there were */
async function eachMessage(
  messaging: Messaging,
  QueueUrl: string,
  handle: (message: Received) => Promise<unknown>,
): Promise<number> {
  let moved = 0;
  for (;;) {
    const { Messages } = await messaging.sqs('ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 60,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const messages = (Messages ?? []) as Received[];
    if (messages.length === 0) return moved;
    for (const message of messages) {
      await handle(message);
      await messaging.sqs('DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
      moved += 1;
    }
  }
}

/** The last part of an ARN: the name of a topic, queue or function. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
