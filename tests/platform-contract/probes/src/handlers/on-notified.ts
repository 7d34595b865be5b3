import type { SNSEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Records what a standard topic passes to a function. */
export async function handler(event: SNSEvent): Promise<void> {
  await record('notified', event);
}
