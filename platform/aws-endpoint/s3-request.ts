import type { S3ActionName } from '../engines/messaging-s3.ts';
import { AwsRefusal, type Incoming, type Need } from './call.ts';

/** One S3 request, told apart by operation; names decoded, header names in lower case. */
export type S3Request = {
  action: S3ActionName;
  bucket: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
};

type Route = { action: S3ActionName; query: string[] };
const PLAIN = ['x-id'];
const OVERRIDES = [
  'content-type',
  'content-disposition',
  'cache-control',
  'content-encoding',
  'content-language',
  'expires',
];

/** The query parameters that each operation understands; any other names an operation or a way that is not known. */
const ROUTES: Record<string, (query: URLSearchParams, copy: boolean) => Route> = {
  'GET /': () => ({ action: 'ListBuckets', query: PLAIN }),
  'PUT bucket': () => ({ action: 'CreateBucket', query: PLAIN }),
  'HEAD bucket': () => ({ action: 'HeadBucket', query: PLAIN }),
  'DELETE bucket': () => ({ action: 'DeleteBucket', query: PLAIN }),
  'GET bucket': (query) =>
    query.get('list-type') === '2'
      ? {
          action: 'ListObjectsV2',
          query: [
            ...PLAIN,
            'list-type',
            'prefix',
            'delimiter',
            'max-keys',
            'continuation-token',
            'start-after',
          ],
        }
      : { action: 'ListObjects', query: [...PLAIN, 'prefix', 'delimiter', 'max-keys', 'marker'] },
  'POST bucket': () => ({ action: 'DeleteObjects', query: [...PLAIN, 'delete'] }),
  'HEAD object': () => ({ action: 'HeadObject', query: PLAIN }),
  'GET object': () => ({
    action: 'GetObject',
    query: [...PLAIN, ...OVERRIDES.map((name) => `response-${name}`)],
  }),
  'PUT object': (query, copy) =>
    query.has('partNumber')
      ? { action: 'UploadPart', query: [...PLAIN, 'partNumber', 'uploadId'] }
      : { action: copy ? 'CopyObject' : 'PutObject', query: PLAIN },
  'DELETE object': (query) =>
    query.has('uploadId')
      ? { action: 'AbortMultipartUpload', query: [...PLAIN, 'uploadId'] }
      : { action: 'DeleteObject', query: PLAIN },
  'POST object': (query) =>
    query.has('uploads')
      ? { action: 'CreateMultipartUpload', query: [...PLAIN, 'uploads'] }
      : { action: 'CompleteMultipartUpload', query: [...PLAIN, 'uploadId'] },
};

/** Headers that ask for what the engine would pass over in silence. */
const REFUSED_HEADERS = [
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

/** Reads a path-style request. @throws AwsRefusal unknown-operation, naming what was asked for */
export function readS3(incoming: Incoming, skipQuery: (name: string) => boolean = () => false): S3Request {
  const query = new URLSearchParams(incoming.query);
  const [bucket = '', ...rest] = incoming.path.slice(1).split('/');
  const key = decode(rest.join('/'));
  const headers = flatten(incoming);
  const place = key ? 'object' : bucket ? 'bucket' : '/';
  const route = ROUTES[`${incoming.method} ${place}`]?.(query, headers['x-amz-copy-source'] !== undefined);
  const stranger = [...query.keys()].find((name) => !route?.query.includes(name) && !skipQuery(name));
  if (!route) throw unknown(incoming.method, place);
  if (stranger !== undefined)
    throw unknown(nameOf(incoming.method, place, stranger) ?? `${route.action} with ${stranger}`);
  const header = REFUSED_HEADERS.find((name) => headers[name] !== undefined);
  if (header) throw unknown(route.action, 'with the header', header);
  return {
    action: route.action,
    bucket: decode(bucket),
    key,
    query: Object.fromEntries(query),
    headers,
    body: incoming.body,
  };
}

const SUBRESOURCES =
  /^(accelerate|acl|attributes|cors|encryption|legal-hold|lifecycle|location|logging|notification|policy|replication|retention|tagging|torrent|uploads|versioning|versions|website)$/;

/** `PUT object ?tagging` is PutObjectTagging; undefined for a parameter that names no operation. */
function nameOf(method: string, place: string, parameter: string): string | undefined {
  if (!SUBRESOURCES.test(parameter)) return undefined;
  const words = [method.toLowerCase(), place === '/' ? '' : place, ...parameter.split('-')];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const unknown = (...words: string[]) =>
  new AwsRefusal(
    'unknown-operation',
    `The local platform does not know the operation S3 ${words.join(' ').trim()}`,
  );

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsRefusal({ code: 'InvalidURI', status: 400 }, "Couldn't parse the specified URI.");
  }
}

function flatten(incoming: Incoming): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  return headers;
}

/** The ARN of a bucket or of an object in it. */
export const s3Arn = (bucket: string, key?: string) =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;

/**
 * The rights that an S3 operation needs
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
 */
export function s3Needs(request: S3Request): Need[] {
  const { action, bucket, key } = request;
  const object = (right: string): Need => ({ action: `s3:${right}`, resource: s3Arn(bucket, key) });
  const whole = (right: string): Need => ({ action: `s3:${right}`, resource: s3Arn(bucket) });
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
    throw new AwsRefusal({ code: 'InvalidArgument', status: 400 }, 'Invalid copy source');
  return [source.slice(0, slash), source.slice(slash + 1)];
}

const NAMES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
function deletedKeys(body: Buffer): string[] {
  return [...body.toString().matchAll(/<Key>([\s\S]*?)<\/Key>/g)].map(([, key = '']) =>
    key.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => NAMES[entity] ?? entity),
  );
}
