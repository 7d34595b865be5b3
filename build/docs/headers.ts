import type { Route } from '../../shared/http/route.ts';

type Json = Record<string, unknown>;

/** Whether a route returns 304 to a client that names the current version. */
export const isConditional = ({ method, versioned = false }: Route): boolean => method === 'GET' && versioned;

/** The parameters of a route that are headers. */
export function requestHeaders(route: Route): Json[] {
  const rule = route.idempotency ?? 'none';
  return [
    rule === 'none' ? undefined : idempotencyKey(rule === 'required'),
    route.ifMatch
      ? header(
          'If-Match',
          true,
          'The ETag of the version that is changed, a list of them, or `*` for any version.',
        )
      : undefined,
    isConditional(route)
      ? header(
          'If-None-Match',
          false,
          'ETags of the versions that the client has: 304 if one of them is current.',
        )
      : undefined,
    route.cached
      ? header(
          'Cache-Control',
          false,
          '`no-cache` returns the current state instead of one that is seconds old.',
        )
      : undefined,
  ].filter((parameter) => parameter !== undefined);
}

const header = (name: string, required: boolean, description: string, schema: Json = {}): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string', ...schema },
});

const idempotencyKey = (required: boolean) =>
  header(
    'Idempotency-Key',
    required,
    'Makes the request safe to repeat: the same key and body return the first response again, for at least 24 hours.',
    { minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  );

/** Response headers, described once and referred to by responses. */
export const responseHeaders = {
  ETag: {
    description: 'The version, for If-Match and If-None-Match.',
    required: true,
    schema: { type: 'string' },
  },
  Location: {
    description: 'The path of the new resource.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'WWW-Authenticate': {
    description:
      'How to authenticate (RFC 6750). API Gateway renames the header of a function: `x-amzn-Remapped-WWW-Authenticate`.',
    schema: { type: 'string' },
  },
  'Idempotent-Replayed': {
    description: '`true` if the response is that of an earlier request with the same Idempotency-Key.',
    schema: { const: 'true' },
  },
  'X-Correlation-Id': {
    description:
      'Identifies the request in logs and events. A client may choose it with a header of this name.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description:
      'The limits of the route (draft-ietf-httpapi-ratelimit-headers): `"login-client";q=100;w=300` allows 100 in 300 seconds.',
    schema: { type: 'string' },
  },
  RateLimit: {
    description:
      'What remains of the limits that the request counted in: `"login-client";r=99;t=300` leaves 99 for 300 seconds.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
} satisfies Record<string, Json>;

type ResponseHeader = keyof typeof responseHeaders;

/** The responses of a route with the headers that each has. */
export const withHeaders = (route: Route, responses: Json): Json =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      {
        ...(response as Json),
        headers: Object.fromEntries(
          headersOf(route, Number(status)).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
        ),
      },
    ]),
  );

function headersOf(route: Route, status: number): ResponseHeader[] {
  const succeeds = status < 400;
  const names: Partial<Record<ResponseHeader, boolean>> = {
    ETag: succeeds && route.versioned === true,
    Location: status === 201,
    'Idempotent-Replayed': succeeds && (route.idempotency ?? 'none') !== 'none',
    'WWW-Authenticate': status === 401,
    'RateLimit-Policy': route.limits !== undefined,
    RateLimit: route.limits !== undefined,
    'Retry-After': status === 429 || status >= 500,
    'X-Correlation-Id': true,
  };
  return (Object.keys(names) as ResponseHeader[]).filter((name) => names[name]);
}
