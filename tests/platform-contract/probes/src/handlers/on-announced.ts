import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Records each message with the queue that delivered it. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  for (const message of event.Records) await record('announced', message);
  return { batchItemFailures: [] };
}
