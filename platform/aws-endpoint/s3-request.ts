import type { S3ActionName, S3Call } from '../engines/messaging-s3.ts';
import { AwsError, type AwsRequest, type RequiredPermission, unsupportedOperation } from './call.ts';

/** One S3 request by operation; names decoded, header names in lower case. */
export type S3Request = S3Call;

type Route = { action: S3ActionName; query: string[] };
const commonParameters = ['x-id'];
/** The operations and their query parameters; any other parameter belongs to an unsupported operation. */
const routes: Record<string, Route> = {
  'GET /': { action: 'ListBuckets', query: commonParameters },
  'PUT bucket': { action: 'CreateBucket', query: commonParameters },
  'GET bucket': {
    action: 'ListObjectsV2',
    query: [...commonParameters, 'list-type', 'prefix', 'max-keys', 'continuation-token'],
  },
  'HEAD object': { action: 'HeadObject', query: commonParameters },
  'GET object': { action: 'GetObject', query: commonParameters },
  'PUT object': { action: 'PutObject', query: commonParameters },
  'DELETE object': { action: 'DeleteObject', query: commonParameters },
};

/** Headers that the engine would ignore. */
const unsupportedHeaders = [
  'x-amz-tagging',
  'x-amz-acl',
  'x-amz-grant-read',
  'x-amz-grant-full-control',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-copy-source',
];

/** Conditions of a write, which the engine ignores as well. */
const writeConditions = ['if-match', 'if-none-match'];

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
  const route = routes[`${awsRequest.method} ${place}`];
  const unknownParameter = [...query.keys()].find((name) => !route?.query.includes(name) && !skipQuery(name));
  if (
    !route ||
    (route.action === 'ListObjectsV2' && query.get('list-type') !== '2' && unknownParameter === undefined)
  )
    throw unsupported(awsRequest.method, place);
  if (unknownParameter !== undefined)
    throw unsupported(
      nameOf(awsRequest.method, place, unknownParameter) ?? `${route.action} with ${unknownParameter}`,
    );
  const ignored =
    route.action === 'PutObject' ? [...unsupportedHeaders, ...writeConditions] : unsupportedHeaders;
  const header = ignored.find((name) => headers[name] !== undefined);
  if (header) throw unsupported(route.action, 'with the header', header);
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

const unsupported = (...words: string[]) => unsupportedOperation(`S3 ${words.join(' ').trim()}`);

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
  const right = (name: string, resource: string) => [{ action: `s3:${name}`, resource }];
  switch (action) {
    case 'ListBuckets':
      return right('ListAllMyBuckets', '*');
    case 'CreateBucket':
      return right(action, s3Arn(bucket));
    case 'ListObjectsV2':
      return [
        {
          action: 's3:ListBucket',
          resource: s3Arn(bucket),
          context: { 's3:prefix': [request.query.prefix ?? ''] },
        },
      ];
    case 'GetObject':
    case 'HeadObject':
      return right('GetObject', s3Arn(bucket, key));
    case 'DeleteObject':
      return right(action, s3Arn(bucket, key));
    case 'PutObject':
    case 'PostObject':
      return right('PutObject', s3Arn(bucket, key));
  }
}
