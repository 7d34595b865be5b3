import type { BucketSpec, CorsRule } from '../../build/deployment.ts';
import { pattern } from '../../build/iam/pattern.ts';
import { AwsError, type AwsRequest, type AwsResponse } from './call.ts';
import { s3Error } from './error-shapes.ts';

const forbidden = (message: string): AwsResponse =>
  s3Error(new AwsError({ code: 'AccessForbidden', status: 403 }, `CORSResponse: ${message}`), {} as never);

/**
 * Responds to a CORS preflight by the rules of the bucket
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html).
 */
export function preflight(awsRequest: AwsRequest, bucket: BucketSpec | undefined): AwsResponse {
  const method = awsRequest.headers['access-control-request-method'];
  if (!awsRequest.headers.origin || !method)
    return s3Error(
      new AwsError(
        { code: 'BadRequest', status: 400 },
        'Insufficient information. Origin request header needed.',
      ),
      {} as never,
    );
  if (!bucket?.cors.length) return forbidden('CORS is not enabled for this bucket.');
  const requestedHeaders = (awsRequest.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const rule = bucket.cors.find((one) =>
    fits(one, awsRequest.headers.origin ?? '', method, requestedHeaders),
  );
  if (!rule) return forbidden('This CORS request is not allowed.');
  return {
    status: 200,
    headers: {
      ...allowing(rule, awsRequest.headers.origin),
      ...(requestedHeaders.length > 0 ? { 'access-control-allow-headers': requestedHeaders.join(', ') } : {}),
      ...(rule.maxAge === undefined ? {} : { 'access-control-max-age': String(rule.maxAge) }),
    },
    body: '',
  };
}

/** The headers that let a page read the response; none when no rule of the bucket matches. */
export function corsHeaders(awsRequest: AwsRequest, bucket: BucketSpec | undefined): Record<string, string> {
  const { origin } = awsRequest.headers;
  if (!origin) return {};
  const rule = bucket?.cors.find((one) => fits(one, origin, awsRequest.method, []));
  return rule ? allowing(rule, origin) : {};
}

function fits(rule: CorsRule, origin: string, method: string, headers: string[]): boolean {
  return (
    rule.origins.some((one) => pattern(one)(origin)) &&
    rule.methods.includes(method) &&
    headers.every((header) => rule.headers.some((one) => pattern(one, true)(header)))
  );
}

function allowing(rule: CorsRule, origin = '*'): Record<string, string> {
  const anybody = rule.origins.includes('*');
  return {
    'access-control-allow-origin': anybody ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(anybody ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(rule.exposed.length > 0 ? { 'access-control-expose-headers': rule.exposed.join(', ') } : {}),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}
