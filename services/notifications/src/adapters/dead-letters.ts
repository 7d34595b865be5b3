import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Unavailable } from '#shared/errors.ts';
import { lean } from '#shared/lean-client.ts';

/** Failed and undelivered events, which contain contacts and wait for an operator. */
export type DeadLetters = {
  /**
   * Deletes every message about a user; returns how many. Others are hidden for seconds.
   * @throws Unavailable if the queues have more messages than one call can read
   */
  deleteThoseAbout(userId: string): Promise<number>;
};

/** How long a message that was read is hidden from the next read of the same call. */
const hiddenSeconds = 60;
/** About 20 s of calls. SQS hides at most 120,000 messages of a standard queue (Amazon SQS, "message quotas"). */
const maxMessages = 10_000;

/** See {@link DeadLetters}. In a FIFO queue a user's events are one group, of which only its own messages are hidden. */
export const deadLetters = (
  queueUrls: readonly string[],
  sqs = lean(new SQSClient({ maxAttempts: 3 })),
): DeadLetters => ({
  deleteThoseAbout: async (userId) => {
    let deleted = 0;
    for (const url of queueUrls) deleted += await purge(sqs, url, userId);
    return deleted;
  },
});

async function purge(sqs: SQSClient, QueueUrl: string, userId: string): Promise<number> {
  const others: Message[] = [];
  let deleted = 0;
  try {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: hiddenSeconds }),
      );
      if (Messages.length === 0) return deleted;
      for (const message of Messages) {
        if (!message.Body?.includes(userId)) {
          others.push(message);
          continue;
        }
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        deleted += 1;
      }
      if (others.length > maxMessages) throw new Unavailable('The dead-letter queue has too many messages.');
    }
  } finally {
    for (const { ReceiptHandle } of others)
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
}
