import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { coalesce } from '../coalesce.ts';
import type { Topic } from '../events/event.ts';
import { lean } from '../lean-client.ts';
import type { OutboxEntry } from './entry.ts';

/** SNS accepts ten messages per batch, 256 KiB in total; the largest event has about 9 KiB (45 lines). */
const maxBatch = 10;
/** One at a time: entries that arrive meanwhile join the next batch. */
const maxConcurrent = 1;

/** Publishes one entry; false if SNS refused this entry of the batch. Rejects if the call failed. */
export type Publish = (entry: OutboxEntry) => Promise<boolean>;

/**
 * Publishes to SNS in batches that grow under load, and checks each entry of the response. The caller must publish the
 * entries of one aggregate one after the other, since a batch may succeed in part.
 */
export function snsPublisher(arnOf: (topic: Topic) => string, client = lean(new SNSClient({}))): Publish {
  const perTopic = new Map<Topic, Publish>();
  return (entry) => {
    let publish = perTopic.get(entry.destination);
    if (publish === undefined) {
      const arn = arnOf(entry.destination);
      publish = coalesce(maxBatch, maxConcurrent, (entries) => publishBatch(client, arn, entries));
      perTopic.set(entry.destination, publish);
    }
    return publish(entry);
  };
}

async function publishBatch(client: SNSClient, topicArn: string, entries: OutboxEntry[]): Promise<boolean[]> {
  const fifo = topicArn.endsWith('.fifo');
  const response = await client.send(
    new PublishBatchCommand({
      TopicArn: topicArn,
      PublishBatchRequestEntries: entries.map((entry, index) => ({
        Id: String(index),
        Message: entry.message,
        MessageAttributes: {
          type: { DataType: 'String', StringValue: entry.type },
          version: { DataType: 'String', StringValue: String(entry.version) },
        },
        ...(fifo ? { MessageGroupId: entry.aggregateId, MessageDeduplicationId: entry.id } : {}),
      })),
    }),
  );
  const accepted = new Set(response.Successful?.map(({ Id }) => Id));
  return entries.map((_, index) => accepted.has(String(index)));
}
