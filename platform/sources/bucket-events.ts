import { randomBytes } from 'node:crypto';
import type { S3Event } from 'aws-lambda';
import type { BucketNotification, BucketSpec } from '../../build/deployment.ts';
import type { ObjectCreated } from '../aws-endpoint/s3.ts';

/** The notifications of a bucket that match an event. */
export function matchingNotifications(bucket: BucketSpec, event: ObjectCreated): BucketNotification[] {
  return bucket.notifications.filter(({ event: wanted, prefix = '', suffix = '' }) => {
    const kind = wanted.replace(/^s3:/, '');
    const matches = kind.endsWith('*')
      ? event.eventName.startsWith(kind.slice(0, -1))
      : event.eventName === kind;
    return matches && event.key.startsWith(prefix) && event.key.endsWith(suffix);
  });
}

/**
 * The event that S3 sends for a new object
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function bucketEvent(
  event: ObjectCreated,
  bucket: BucketSpec,
  region: string,
  accountId: string,
): S3Event {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: event.time.toISOString(),
        eventName: event.eventName,
        userIdentity: { principalId: `AWS:${event.caller}` },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {
          'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
          'x-amz-id-2': randomBytes(48).toString('base64'),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: `${bucket.logicalId}-${event.eventName}`,
          bucket: { name: bucket.name, ownerIdentity: { principalId: accountId }, arn: bucket.arn },
          object: {
            key: encodeKey(event.key),
            size: event.size,
            eTag: event.eTag,
            sequencer: event.sequencer,
          },
        },
      },
    ],
  };
}

/** A key as S3 writes it in events: form encoding, a space as `+`, and slashes unchanged. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
