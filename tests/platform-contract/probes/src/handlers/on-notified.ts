import type { SNSEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Writes down what a standard topic hands to a function. */
export async function handler(event: SNSEvent): Promise<void> {
  await record('notified', event);
}
