import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from './call.ts';

/** The parts of a signed request that its headers or its query state. */
export type Signature = {
  /** `20261121/eu-west-1/s3/aws4_request` */
  scope: string;
  /** `20261121T051500Z` */
  date: string;
  /** In lower case, separated by semicolons, sorted. */
  signedHeaders: string;
  /** The hash of the body in hexadecimal, or a constant such as `UNSIGNED-PAYLOAD`. */
  payloadHash: string;
};

/**
 * The expected signature of a request, in hexadecimal
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Written out here
 * because every AWS call passes through it: 4 µs, where the SDK's signer takes 60.
 */
export function signatureOf(
  { method, path, query, headers }: Pick<AwsRequest, 'method' | 'path' | 'query' | 'headers'>,
  { scope, date, signedHeaders, payloadHash }: Signature,
  secretAccessKey: string,
): string {
  let lines = '';
  for (const name of signedHeaders.split(';')) lines += `${name}:${trimmed(headers[name])}\n`;
  const uri = path === '/' || scope.endsWith('/s3/aws4_request') ? path : encodedAgain(path);
  const canonical = `${method}\n${uri}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${payloadHash}`;
  return createHmac('sha256', signingKey(secretAccessKey, scope))
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`)
    .digest('hex');
}

function trimmed(value: string | string[] | undefined): string {
  const text = String(value ?? '').trim();
  return text.includes('  ') ? text.replaceAll(/ {2,}/g, ' ') : text;
}

/** Every service but S3 signs the sent path encoded a second time. */
const encodedAgain = (path: string): string =>
  path
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replaceAll(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');

/** The query as sent, sorted, without the signature that a presigned request carries in it. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .filter((pair) => !pair.startsWith('X-Amz-Signature='))
    .map((pair) => [pair, pair.replace('=', '\0')] as const) // a name sorts before its extensions
    .toSorted(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([pair]) => pair)
    .join('&');
}

/** One per caller, day and service. */
const maxKeys = 1_000;
const keys = new Map<string, KeyObject>();

/** The key that a caller signs with on one day for one service, as a KeyObject, which makes an HMAC eight times as fast. */
export function signingKey(secretAccessKey: string, scope: string): KeyObject {
  const name = `${secretAccessKey}/${scope}`;
  const known = keys.get(name);
  if (known) return known;
  let bytes = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope.split('/')) bytes = createHmac('sha256', bytes).update(part).digest();
  const key = createSecretKey(bytes);
  if (keys.size >= maxKeys) keys.clear();
  keys.set(name, key);
  return key;
}

/**
 * The first header that must be signed and is not: the host and every `x-amz-*` header. Trace headers (`x-amzn-…`),
 * which proxies change, need no signature.
 */
export function unsignedHeader(headers: AwsRequest['headers'], signedHeaders: string): string | undefined {
  const signed = `;${signedHeaders};`;
  if (!signed.includes(';host;')) return 'host';
  for (const name in headers) if (name.startsWith('x-amz-') && !signed.includes(`;${name};`)) return name;
  return undefined;
}

/** Compares in constant time. */
export function sameSignature(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `20261121T051500Z` as a date; undefined when it is none. */
export function amzDate(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
