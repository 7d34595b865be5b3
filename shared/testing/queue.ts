import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EventEnvelope } from '../events/event.ts';
import type { TestQueue } from './engines.ts';

/** Takes every event that is in a queue now, in the order of delivery. */
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
