import type { ScheduledEvent } from 'aws-lambda';
import { record } from '../records.ts';

/** Records what a schedule rule passes to its target. */
export async function handler(event: ScheduledEvent): Promise<void> {
  await record('scheduled', event);
}
