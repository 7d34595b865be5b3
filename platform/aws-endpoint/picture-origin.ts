import type { BucketSpec } from '../../build/deployment.ts';
import { pattern } from '../../build/iam/pattern.ts';
import type { StoredObject } from '../engines/fauxqs-internals.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { AwsRequest, AwsResponse } from './call.ts';

/** CloudFront's default when the object has no Cache-Control: one day. */
const defaultCacheControl = 'public, max-age=86400';

/**
 * Serves `/_images/<key>` without a signature, as CloudFront does on AWS: only GET, and only objects that the policy
 * of their bucket opens to CloudFront.
 */
export function servePicture(
  request: AwsRequest,
  messaging: Messaging,
  buckets: readonly BucketSpec[],
): AwsResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };
  const object = find(messaging, buckets, request.path);
  if (!object)
    return {
      status: 404,
      headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
      body: 'No such picture\n',
    };
  const headers = {
    'content-type': object.contentType,
    'cache-control': object.cacheControl ?? defaultCacheControl,
    etag: object.etag,
    'last-modified': object.lastModified.toUTCString(),
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match'] === object.etag) return { status: 304, headers, body: '' };
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(object.contentLength) },
    body: object.body,
  };
}

function find(messaging: Messaging, buckets: readonly BucketSpec[], path: string): StoredObject | undefined {
  try {
    const key = decodeURIComponent(path.slice('/_images/'.length));
    const bucket = buckets.find(({ arn, publicObjects }) =>
      publicObjects.some((objects) => pattern(objects)(`${arn}/${key}`)),
    );
    return bucket && messaging.objects.getObject(bucket.name, key);
  } catch (error) {
    if (error instanceof URIError || (error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
