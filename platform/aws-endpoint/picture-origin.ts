import type { StoredObject } from '../engines/fauxqs-internals.ts';
import type { Messaging } from '../engines/messaging.ts';
import type { AwsRequest, AwsResponse } from './call.ts';

/** The bucket whose pictures the world may see, and the beginnings of the keys that it may see. */
export type PublicPictures = { bucket: string; prefixes: string[] };

/** What CloudFront lets a cache keep when the object itself says nothing: a day, its own default. */
const defaultCacheControl = 'public, max-age=86400';

/** Serves a picture by `/_images/<key>`, as CloudFront does on AWS: no signature, no listing, nothing but GET. */
export function servePicture(
  awsRequest: AwsRequest,
  messaging: Messaging,
  pictures: PublicPictures | undefined,
): AwsResponse {
  if (awsRequest.method !== 'GET' && awsRequest.method !== 'HEAD')
    return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };
  const object = pictures && find(messaging, pictures, awsRequest.path);
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
  if (awsRequest.headers['if-none-match'] === object.etag) return { status: 304, headers, body: '' };
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(object.contentLength) },
    body: object.body,
  };
}

function find(
  messaging: Messaging,
  { bucket, prefixes }: PublicPictures,
  path: string,
): StoredObject | undefined {
  try {
    const key = decodeURIComponent(path.slice('/_images/'.length));
    if (!prefixes.some((prefix) => key.startsWith(prefix))) return undefined;
    return messaging.objects.getObject(bucket, key);
  } catch (error) {
    if (error instanceof URIError || (error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
