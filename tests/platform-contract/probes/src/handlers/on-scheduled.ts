import type { ScheduledEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Writes down what a schedule rule hands to its target. */
export async function handler(event: ScheduledEvent): Promise<void> {
  await record('scheduled', event);
}
