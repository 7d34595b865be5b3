import type { S3Event } from 'aws-lambda';
import { record } from '../records.ts';

/** Records the event of a bucket. */
export async function handler(event: S3Event): Promise<void> {
  await record('uploaded', event);
}
