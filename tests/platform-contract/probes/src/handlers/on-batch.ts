import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Reports a message as failed as often as its body says in `failures`; the rest of the batch succeeds. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const message of event.Records) {
    await record('batch', message);
    const { failures = 0 } = JSON.parse(message.body) as { failures?: number };
    if (Number(message.attributes.ApproximateReceiveCount) <= failures) {
      batchItemFailures.push({ itemIdentifier: message.messageId });
    }
  }
  return { batchItemFailures };
}
