import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { record } from '../records.ts';

const failed = new Set<string>();

/** Records each change; the first delivery of a change of an item with `stumble` is reported as failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const change of event.Records) {
    await record('changed', change);
    const sequence = change.dynamodb?.SequenceNumber ?? '';
    if (change.dynamodb?.NewImage?.['stumble'] && !failed.has(sequence)) {
      failed.add(sequence);
      return { batchItemFailures: [{ itemIdentifier: sequence }] };
    }
  }
  return { batchItemFailures: [] };
}
