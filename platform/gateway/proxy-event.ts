import type { RestApiSpec } from '../../build/deployment.ts';
import { maxRequestBytes } from '../host/limits.ts';

/** A request's head, parsed. */
export type GatewayRequest = {
  method: string;
  /** As sent: still encoded, without the query. */
  path: string;
  query: string;
  /** Names as the client wrote them, alternating with their values. */
  rawHeaders: readonly string[];
  accept: string | undefined;
  contentType: string | undefined;
  sourceIp: string;
  port: number;
  protocol: string;
  requestId: string;
  extendedRequestId: string;
  traceId: string;
  receivedAt: Date;
};

type Values = Record<string, string>;
type MultiValues = Record<string, string[]>;

/** The members that the events of authorizer and integration share. */
export type EventFrame = {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Values;
  multiValueHeaders: MultiValues;
  queryStringParameters: Values | null;
  multiValueQueryStringParameters: MultiValues | null;
  pathParameters: Values | null;
  stageVariables: null;
  requestContext: Record<string, unknown>;
};

/** Headers that API Gateway sets itself. */
const gatewayHeaders = new Set([
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-amzn-trace-id',
]);

/**
 * The proxy event of API Gateway, format 1.0, without body and authorizer
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
 */
export function eventFrame(
  request: GatewayRequest,
  api: RestApiSpec,
  accountId: string,
  resourcePath: string,
  pathParameters: Values | null,
): EventFrame {
  const { headers, multiValueHeaders, host, userAgent } = readHeaders(request);
  const [queryStringParameters, multiValueQueryStringParameters] = readQuery(request.query);
  const domainName = host.split(':')[0] ?? '';
  return {
    resource: resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers,
    multiValueHeaders,
    queryStringParameters,
    multiValueQueryStringParameters,
    pathParameters,
    stageVariables: null,
    requestContext: {
      resourceId: resourcePath,
      resourcePath,
      httpMethod: request.method,
      extendedRequestId: request.extendedRequestId,
      requestTime: commonLogTime(request.receivedAt),
      path: request.path,
      accountId,
      protocol: request.protocol,
      stage: api.stageName,
      domainPrefix: domainName.split('.')[0],
      requestTimeEpoch: request.receivedAt.getTime(),
      requestId: request.requestId,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: request.sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent,
        user: null,
      },
      domainName,
      apiId: api.id,
    },
  };
}

/**
 * The whole event as JSON text; a body of a declared binary type is in base64. Undefined when the event is longer than
 * Lambda accepts in a synchronous invocation.
 */
export function proxyEvent(
  frame: EventFrame,
  body: Buffer,
  contentType: string | undefined,
  binaryMediaTypes: readonly string[],
): string | undefined {
  const asBytes = body.length > 0 && isBinaryType(contentType, binaryMediaTypes);
  const text = body.length === 0 ? null : body.toString(asBytes ? 'base64' : 'utf8');
  const event = JSON.stringify({ ...frame, body: text, isBase64Encoded: asBytes });
  // A UTF-16 unit is at most three bytes, so the bytes of short events need not be counted.
  if (event.length <= maxRequestBytes / 3 || Buffer.byteLength(event) <= maxRequestBytes) return event;
  return undefined;
}

/** Without a prototype: clients choose the names, for example `constructor`. */
const empty = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

function readHeaders(request: GatewayRequest) {
  const headers: Values = empty();
  const multiValueHeaders: MultiValues = empty();
  const spelling = new Map<string, string>();
  let [host, userAgent, forwardedFor] = ['', null as string | null, ''];
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const written = rawHeaders[at] as string;
    const value = rawHeaders[at + 1] as string;
    const lower = written.toLowerCase();
    if (lower === 'host') host = value;
    else if (lower === 'user-agent') userAgent = value;
    else if (lower === 'x-forwarded-for')
      forwardedFor = forwardedFor === '' ? value : `${forwardedFor}, ${value}`;
    if (gatewayHeaders.has(lower)) continue;
    // Two spellings of one name are one header, under the first spelling.
    const name = spelling.get(lower) ?? written;
    spelling.set(lower, name);
    headers[name] = value;
    const values = multiValueHeaders[name];
    if (values === undefined) multiValueHeaders[name] = [value];
    else values.push(value);
  }
  const own: [string, string][] = [
    ['X-Amzn-Trace-Id', request.traceId],
    ['X-Forwarded-For', forwardedFor === '' ? request.sourceIp : `${forwardedFor}, ${request.sourceIp}`],
    ['X-Forwarded-Port', String(request.port)],
    ['X-Forwarded-Proto', 'http'],
  ];
  for (const [name, value] of own) {
    headers[name] = value;
    multiValueHeaders[name] = [value];
  }
  return { headers, multiValueHeaders, host, userAgent };
}

/** Both are null without a query; the single value of a repeated name is its last. */
function readQuery(query: string): [Values | null, MultiValues | null] {
  if (query === '') return [null, null];
  const single: Values = empty();
  const multiple: MultiValues = empty();
  for (const [name, value] of new URLSearchParams(query)) {
    single[name] = value;
    const values = multiple[name];
    if (values === undefined) multiple[name] = [value];
    else values.push(value);
  }
  return [single, multiple];
}

/** `09/Apr/2026:12:34:56 +0000`, the format of web server logs, from `Thu, 09 Apr 2026 12:34:56 GMT`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** Whether API Gateway treats a media type as binary; `image/*` and `*∕*` match every subtype. */
export function isBinaryType(mediaType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  if (binaryMediaTypes.length === 0) return false;
  if (binaryMediaTypes.includes('*/*')) return true;
  const type = (mediaType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryMediaTypes.some(
    (declared) => declared === type || (declared.endsWith('/*') && type.startsWith(declared.slice(0, -1))),
  );
}
