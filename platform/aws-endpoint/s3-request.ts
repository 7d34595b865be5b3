import type { S3ActionName } from '../engines/messaging-s3.ts';
import { AwsError, type AwsRequest, type RequiredPermission } from './call.ts';

/** One S3 request by operation; names decoded, header names in lower case. */
export type S3Request = {
  action: S3ActionName;
  bucket: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
};

type Route = { action: S3ActionName; query: string[] };
const commonParameters = ['x-id'];
const overrides = [
  'content-type',
  'content-disposition',
  'cache-control',
  'content-encoding',
  'content-language',
  'expires',
];

/** The operations and their query parameters; any other parameter belongs to an unsupported operation. */
const routes: Record<string, (query: URLSearchParams, copy: boolean) => Route> = {
  'GET /': () => ({ action: 'ListBuckets', query: commonParameters }),
  'PUT bucket': () => ({ action: 'CreateBucket', query: commonParameters }),
  'HEAD bucket': () => ({ action: 'HeadBucket', query: commonParameters }),
  'DELETE bucket': () => ({ action: 'DeleteBucket', query: commonParameters }),
  'GET bucket': (query) =>
    query.get('list-type') === '2'
      ? {
          action: 'ListObjectsV2',
          query: [
            ...commonParameters,
            'list-type',
            'prefix',
            'delimiter',
            'max-keys',
            'continuation-token',
            'start-after',
          ],
        }
      : { action: 'ListObjects', query: [...commonParameters, 'prefix', 'delimiter', 'max-keys', 'marker'] },
  'POST bucket': () => ({ action: 'DeleteObjects', query: [...commonParameters, 'delete'] }),
  'HEAD object': () => ({ action: 'HeadObject', query: commonParameters }),
  'GET object': () => ({
    action: 'GetObject',
    query: [...commonParameters, ...overrides.map((name) => `response-${name}`)],
  }),
  'PUT object': (query, copy) =>
    query.has('partNumber')
      ? { action: 'UploadPart', query: [...commonParameters, 'partNumber', 'uploadId'] }
      : { action: copy ? 'CopyObject' : 'PutObject', query: commonParameters },
  'DELETE object': (query) =>
    query.has('uploadId')
      ? { action: 'AbortMultipartUpload', query: [...commonParameters, 'uploadId'] }
      : { action: 'DeleteObject', query: commonParameters },
  'POST object': (query) =>
    query.has('uploads')
      ? { action: 'CreateMultipartUpload', query: [...commonParameters, 'uploads'] }
      : { action: 'CompleteMultipartUpload', query: [...commonParameters, 'uploadId'] },
};

/** Headers that the engine would ignore. */
const refusedHeaders = [
  'x-amz-tagging',
  'x-amz-acl',
  'x-amz-grant-read',
  'x-amz-grant-full-control',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
];

/** Parses a path-style request. @throws AwsError unknown-operation with the operation's name */
export function readS3(
  awsRequest: AwsRequest,
  skipQuery: (name: string) => boolean = () => false,
): S3Request {
  const query = new URLSearchParams(awsRequest.query);
  const [bucket = '', ...rest] = awsRequest.path.slice(1).split('/');
  const key = decode(rest.join('/'));
  const headers = flatten(awsRequest);
  const place = key ? 'object' : bucket ? 'bucket' : '/';
  const route = routes[`${awsRequest.method} ${place}`]?.(query, headers['x-amz-copy-source'] !== undefined);
  const stranger = [...query.keys()].find((name) => !route?.query.includes(name) && !skipQuery(name));
  if (!route) throw unknown(awsRequest.method, place);
  if (stranger !== undefined)
    throw unknown(nameOf(awsRequest.method, place, stranger) ?? `${route.action} with ${stranger}`);
  const header = refusedHeaders.find((name) => headers[name] !== undefined);
  if (header) throw unknown(route.action, 'with the header', header);
  return {
    action: route.action,
    bucket: decode(bucket),
    key,
    query: Object.fromEntries(query),
    headers,
    body: awsRequest.body,
  };
}

const subresources =
  /^(accelerate|acl|attributes|cors|encryption|legal-hold|lifecycle|location|logging|notification|policy|replication|retention|tagging|torrent|uploads|versioning|versions|website)$/;

/** `PUT object ?tagging` is PutObjectTagging; undefined for a parameter that names no operation. */
function nameOf(method: string, place: string, parameter: string): string | undefined {
  if (!subresources.test(parameter)) return undefined;
  const words = [method.toLowerCase(), place === '/' ? '' : place, ...parameter.split('-')];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const unknown = (...words: string[]) =>
  new AwsError(
    'unknown-operation',
    `The local platform does not support the operation S3 ${words.join(' ').trim()}`,
  );

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError({ code: 'InvalidURI', status: 400 }, "Couldn't parse the specified URI.");
  }
}

function flatten(awsRequest: AwsRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(awsRequest.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  return headers;
}

/** The ARN of a bucket or of an object in it. */
export const s3Arn = (bucket: string, key?: string) =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;

/**
 * The permissions that an S3 operation requires
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
 */
export function s3Permissions(request: S3Request): RequiredPermission[] {
  const { action, bucket, key } = request;
  const object = (right: string): RequiredPermission => ({
    action: `s3:${right}`,
    resource: s3Arn(bucket, key),
  });
  const whole = (right: string): RequiredPermission => ({ action: `s3:${right}`, resource: s3Arn(bucket) });
  switch (action) {
    case 'ListBuckets':
      return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
    case 'CreateBucket':
    case 'DeleteBucket':
      return [whole(action)];
    case 'HeadBucket':
      return [whole('ListBucket')];
    case 'ListObjects':
    case 'ListObjectsV2':
      return [
        {
          ...whole('ListBucket'),
          context: { 's3:prefix': [request.query.prefix ?? ''] },
        },
      ];
    case 'GetObject':
    case 'HeadObject':
      return [object('GetObject')];
    case 'CopyObject':
      return [{ action: 's3:GetObject', resource: s3Arn(...copySource(request)) }, object('PutObject')];
    case 'PutObject':
      return request.headers['if-match'] ? [object('GetObject'), object('PutObject')] : [object('PutObject')];
    case 'PostObject':
    case 'CreateMultipartUpload':
    case 'UploadPart':
    case 'CompleteMultipartUpload':
      return [object('PutObject')];
    case 'AbortMultipartUpload':
    case 'DeleteObject':
      return [object(action)];
    case 'DeleteObjects':
      return deletedKeys(request.body).map((one) => ({
        action: 's3:DeleteObject',
        resource: s3Arn(bucket, one),
      }));
  }
}

function copySource(request: S3Request): [string, string] {
  const source = decode(request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
  const slash = source.indexOf('/');
  if (slash < 0 || source.includes('?versionId='))
    throw new AwsError({ code: 'InvalidArgument', status: 400 }, 'Invalid copy source');
  return [source.slice(0, slash), source.slice(slash + 1)];
}

const xmlEntities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
function deletedKeys(body: Buffer): string[] {
  return [...body.toString().matchAll(/<Key>([\s\S]*?)<\/Key>/g)].map(([, key = '']) =>
    key.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => xmlEntities[entity] ?? entity),
  );
}
