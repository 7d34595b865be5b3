import type { S3Event } from 'aws-lambda';
import type { Cause } from '../events/event.ts';
import { newId } from '../ids.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/** An object that was written, with its key as people write it. */
export type WrittenObject = { bucket: string; key: string; bytes: number; sequencer: string };

/** S3 encodes keys in events as in a query: `+` for a blank, then percent-encoding. */
const decodeKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/** The bucket edge: S3 calls the function for each object that was written, at least once. */
export function bucketHandler(handle: (written: WrittenObject, cause: Cause) => Promise<void>) {
  return lambdaHandler(async (event: S3Event): Promise<void> => {
    for (const { s3, responseElements } of event.Records) {
      const cause = { correlationId: responseElements?.['x-amz-request-id'] ?? newId() };
      logger.appendKeys({ correlationId: cause.correlationId });
      const { key, size, sequencer } = s3.object;
      await handle({ bucket: s3.bucket.name, key: decodeKey(key), bytes: size, sequencer }, cause);
    }
  });
}
