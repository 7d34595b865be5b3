import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Writes down each message with the queue that it came by. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  for (const message of event.Records) await record('announced', message);
  return { batchItemFailures: [] };
}
