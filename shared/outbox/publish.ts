import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { coalesce } from '../coalesce.ts';
import type { Topic } from '../events/event.ts';
import { lean } from '../lean-client.ts';
import type { OutboxEntry } from './entry.ts';

/** SNS takes ten messages a batch, 256 KiB together; ours are a few KiB (45 lines ≈ 9 KiB). */
const maxBatch = 10;
/** One under way: what comes meanwhile goes with the next, ten at a time, which is faster than anybody orders. */
const maxConcurrent = 1;

/** Publishes one entry; false if SNS refused this entry of the batch; rejects if the call failed. */
export type Publish = (entry: OutboxEntry) => Promise<boolean>;

/**
 * Publishes to SNS in batches that grow under load; each entry of an answer is checked. Entries of one aggregate
 * must be published one after the other by the caller, as a batch may succeed in part.
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
  const answer = await client.send(
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
  const accepted = new Set(answer.Successful?.map(({ Id }) => Id));
  return entries.map((_, index) => accepted.has(String(index)));
}
