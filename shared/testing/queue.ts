import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EventBridgeEvent, SQSEvent } from 'aws-lambda';
import type { EventEnvelope } from '../events/event.ts';
import type { TestQueue } from './engines.ts';

/** Receives and deletes every event of a queue, in the order of delivery. */
export async function eventsIn({ url }: TestQueue): Promise<EventEnvelope[]> {
  const client = new SQSClient({});
  const events: EventEnvelope[] = [];
  try {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return events;
      for (const { Body, ReceiptHandle } of Messages) {
        events.push(JSON.parse(Body ?? '') as EventEnvelope);
        await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      }
    }
  } finally {
    client.destroy();
  }
}

/** The Lambda event of messages from a queue with raw delivery; their ids are `message-0` … */
export const sqsEvent = (...bodies: unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: '',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:test',
    awsRegion: 'eu-west-1',
  })),
});

/** The event of an EventBridge schedule. */
export const scheduleEvent = (at: Date): EventBridgeEvent<'Scheduled Event', object> => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '000000000000',
  time: at.toISOString(),
  region: 'eu-west-1',
  resources: [],
  detail: {},
});
