import type { SNSEvent } from 'aws-lambda';
import type { Messaging } from '../engines/messaging.ts';
import type { AsyncEvents } from './async-events.ts';
import { type Source, untilStopped } from './source.ts';

const longPollSeconds = 20;

/**
 * SNS's event for a function, with one record (Lambda: "Invoking Lambda functions with Amazon SNS"). `body` is the
 * message that SNS delivers to a queue without raw delivery, whose members have mostly the same names.
 */
export function topicEvent(body: string, subscriptionArn: string): SNSEvent {
  const {
    SigningCertURL,
    UnsubscribeURL,
    Subject = null,
    MessageAttributes = {},
    ...same
  } = JSON.parse(body);
  const Sns = {
    ...same,
    SigningCertUrl: SigningCertURL,
    UnsubscribeUrl: UnsubscribeURL,
    Subject,
    MessageAttributes,
  };
  const source = { EventVersion: '1.0', EventSource: 'aws:sns' };
  return { Records: [{ ...source, EventSubscriptionArn: subscriptionArn, Sns }] };
}

/**
 * Moves messages from the internal queue of a function's subscription to Lambda's queue of asynchronous events, through
 * which SNS invokes functions. A message is deleted after its event is stored.
 */
export function topicSource(options: {
  queueUrl: string;
  subscriptionArn: string;
  functionName: string;
  messaging: Pick<Messaging, 'sqs'>;
  events: AsyncEvents;
  onError: (error: unknown) => void;
}): Source {
  const { queueUrl, messaging, events } = options;
  const stop = new AbortController();
  const poll = async () => {
    const output = await messaging.sqs(
      'ReceiveMessage',
      { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: longPollSeconds },
      stop.signal,
    );
    const messages = (output.Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) return;
    for (const { Body } of messages) {
      events.accept(options.functionName, JSON.stringify(topicEvent(Body, options.subscriptionArn)));
    }
    await messaging.sqs('DeleteMessageBatch', {
      QueueUrl: queueUrl,
      Entries: messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle })),
    });
  };
  const polling = untilStopped(stop.signal, poll, options.onError);
  return {
    async stop() {
      stop.abort();
      await polling;
    },
  };
}
