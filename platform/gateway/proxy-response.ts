import { isBinaryType } from './proxy-event.ts';

/** A response to the client. */
export type HttpResponse = { status: number; headers: [string, string][]; body: string | Buffer };

const responseKeys = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/**
 * Headers that API Gateway does not let a function set: it sends them as `x-amzn-Remapped-…`
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html).
 */
const remappedHeaders = new Set([
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

/**
 * Parses a function's result for a proxy event. Undefined when it is malformed, for which API Gateway returns 502: not
 * an object, no integer status, an unknown key, or a body that is not a string.
 */
export function proxyResponse(
  payload: string,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): HttpResponse | undefined {
  const result = JSON.parse(payload) as Record<string, unknown> | null;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  for (const key in result) if (!responseKeys.has(key)) return undefined;
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const headers = readHeaders(result.headers, result.multiValueHeaders);
  if (headers === undefined) return undefined;
  const body = result.body ?? '';
  if (typeof body !== 'string') return undefined;
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (contentType === undefined) headers.push(['Content-Type', 'application/json']);
  // The first media type that the client accepts decides whether base64 is decoded.
  const wanted = accept === undefined ? contentType : accept.split(',')[0];
  const isBytes = result.isBase64Encoded === true && isBinaryType(wanted, binaryMediaTypes);
  return { status, headers, body: isBytes ? Buffer.from(body, 'base64') : body };
}

/** Merges both forms; a name in both has the values of `multiValueHeaders` and the single one when it differs. */
function readHeaders(single: unknown, multiple: unknown): [string, string][] | undefined {
  const headers: [string, string][] = [];
  const named = new Set<string>();
  if (!isRecordOrAbsent(single) || !isRecordOrAbsent(multiple)) return undefined;
  for (const [name, values] of Object.entries(multiple ?? {})) {
    if (!Array.isArray(values) || !headerName.test(name)) return undefined;
    for (const value of values) {
      const text = headerText(value);
      if (text === undefined) return undefined;
      headers.push([outgoingName(name), text]);
      named.add(`${name.toLowerCase()}\n${text}`);
    }
  }
  for (const [name, value] of Object.entries(single ?? {})) {
    const text = headerText(value);
    if (text === undefined || !headerName.test(name)) return undefined;
    if (!named.has(`${name.toLowerCase()}\n${text}`)) headers.push([outgoingName(name), text]);
  }
  return headers;
}

function isRecordOrAbsent(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));
}

/** A value that is not valid in HTTP makes the whole result malformed. */
function headerText(value: unknown): string | undefined {
  if (typeof value === 'string') return invalidHeaderValue.test(value) ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Characters that are not allowed in a header value (RFC 9110, section 5.5). */
const invalidHeaderValue = /[^\t\x20-\x7e\x80-\xff]/;
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

function outgoingName(name: string): string {
  return remappedHeaders.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
