import type { S3Event } from 'aws-lambda';
import type { Cause } from '../events/event.ts';
import { newId } from '../ids.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/** A written object, with its decoded key. */
export type WrittenObject = { bucket: string; key: string; bytes: number; sequencer: string };

/** S3 encodes keys in events like a query: `+` for a space, then percent-encoding. */
const decodeKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/** Wraps a function that S3 invokes for each written object, at least once. */
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
