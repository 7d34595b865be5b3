import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { record } from '../records.ts';

const failed = new Set<string>();

/** Writes down each change; the first sight of an item that carries `stumble` is reported as failed, once. */
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
