import { EventEmitter } from 'node:events';
import type { Messaging } from '../engines/messaging.ts';
import type { Authorizer } from './authorizer.ts';
import { AwsError, type AwsService, type Caller, type Operation } from './call.ts';
import { type ErrorCodes, s3Error } from './error-shapes.ts';
import { checkIntegrity } from './s3-integrity.ts';
import { readS3, type S3Request, s3Arn, s3Permissions } from './s3-request.ts';

const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDenied', status: 403 },
  'unknown-operation': { code: 'NotImplemented', status: 501 },
  'unknown-caller': { code: 'InvalidAccessKeyId', status: 403 },
  'invalid-signature': { code: 'SignatureDoesNotMatch', status: 403 },
  throttled: { code: 'SlowDown', status: 503 },
  internal: { code: 'InternalError', status: 500 },
};

/** A written object with the members of S3's event record; `platform/sources` notifies the functions. */
export type ObjectCreated = {
  eventName: 'ObjectCreated:Put' | 'ObjectCreated:Post';
  bucket: string;
  key: string;
  size: number;
  /** Without quotes. */
  eTag: string;
  /** Increases with each write of a key; hexadecimal, compared as text. */
  sequencer: string;
  time: Date;
  caller: string;
};
export type ObjectEvents = EventEmitter<{ created: [ObjectCreated] }>;

export type S3 = AwsService & {
  events: ObjectEvents;
  /** The operation of a request that was authenticated by a presigned URL or a form. */
  operation(request: S3Request, caller: Caller): Operation;
};

const createdEvents: Partial<Record<S3Request['action'], ObjectCreated['eventName']>> = {
  PutObject: 'ObjectCreated:Put',
  PostObject: 'ObjectCreated:Post',
};

/** S3, served by the messaging engine in this process, with the checks that the engine lacks. */
export function s3(messaging: Messaging, authorizer: Authorizer): S3 {
  const events: ObjectEvents = new EventEmitter();
  let writes = 0;

  const announce = (request: S3Request, caller: Caller): void => {
    const eventName = createdEvents[request.action];
    if (!eventName) return;
    const { bucket, key } = request;
    const object = messaging.objects.headObject(bucket, key);
    writes += 1;
    events.emit('created', {
      eventName,
      bucket,
      key,
      size: object.contentLength,
      eTag: object.etag.replaceAll('"', ''),
      sequencer: (BigInt(Date.now()) * 4096n + BigInt(writes % 4096))
        .toString(16)
        .toUpperCase()
        .padStart(16, '0'),
      time: object.lastModified,
      caller: caller.name,
    });
  };

  const operation = (request: S3Request, caller: Caller): Operation => ({
    name: request.action,
    requiredPermissions: s3Permissions(request),
    run() {
      checkIntegrity(request);
      const post = request.action === 'PostObject';
      const reply = messaging.s3(post ? { ...request, action: 'PutObject' } : request);
      if (reply.status === 404 && hidesAbsence(request, caller, authorizer))
        throw new AwsError('access-denied', 'Access Denied');
      if (reply.status < 300) announce(request, caller);
      return reply;
    },
  });

  return {
    events,
    operation,
    errorResponse: (error) => s3Error(error, errorCodes),
    read: (awsRequest, caller) => operation(readS3(awsRequest), caller),
  };
}

/**
 * Without permission to list the bucket, a missing key is reported as denied access
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, Permissions).
 */
function hidesAbsence(request: S3Request, caller: Caller, authorizer: Authorizer): boolean {
  if (request.action !== 'GetObject' && request.action !== 'HeadObject') return false;
  return !authorizer.allows(caller, 's3:ListBucket', s3Arn(request.bucket));
}
