import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import * as z from 'zod';
import type { Caller } from '../auth/permissions.ts';
import { ShopError } from '../errors.ts';
import type { Cause } from '../events/event.ts';
import type { ExpectedVersion } from '../expected-version.ts';
import { bodyText, jsonBody } from '../http/json-body.ts';
import { expectedVersionFrom, isNotModified } from '../http/preconditions.ts';
import { parsePart, toProblem } from '../http/problem.ts';
import { exposedHeaders, type HttpResponse } from '../http/response.ts';
import type { Route } from '../http/route.ts';
import { storable } from '../http/storable.ts';
import { fingerprintOf, type IdempotentRequest } from '../idempotency/request.ts';
import { type Limits, noLimits, type RequestLimits, requestLimits } from '../limits/request-limits.ts';
import { config } from './config.ts';
import { countHandled } from './error-metrics.ts';
import { actorOf, authorized, type Client, callerOf, clientOf, notSignedIn } from './http-caller.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/** A parsed request: every part matches the route's schemas. */
export type HttpRequest<R> =
  R extends Route<infer P, infer Q, infer B>
    ? {
        params: z.output<P>;
        query: z.output<Q>;
        body: z.output<B>;
        /** The body as received, for signatures over its bytes. */
        rawBody: string;
        /** Names in lower case. */
        headers: Record<string, string>;
        /** The signed-in caller; on a public route without one, reading it throws Unauthenticated. */
        caller: Caller;
        client: Client;
        /** Only for handlers that were given limits. */
        limits: RequestLimits;
        cause: Cause;
        /** Present if the request has an Idempotency-Key. */
        idempotency: IdempotentRequest | undefined;
        /** What If-Match names, where the route requires it. */
        expectedVersion: ExpectedVersion;
      }
    : never;

const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'must be 1 to 255 visible ASCII characters');

/**
 * Wraps the handler of an HTTP route: parses by the route's schemas, checks the permission and the limits, and writes the
 * response or the problem. The handler receives only valid requests and throws named errors.
 */
export function httpHandler<R extends Route>(
  route: R,
  handle: (request: HttpRequest<R>) => Promise<HttpResponse>,
  limits?: () => Limits,
) {
  return lambdaHandler(
    async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
      const started = performance.now();
      const requestId = event.requestContext?.requestId ?? context.awsRequestId;
      const headers = lowerCased(event.headers ?? {});
      const caller = callerOf(event);
      const client = clientOf(event, headers);
      const cause: Cause = {
        correlationId: correlationIdFrom(headers, requestId),
        ...(caller === undefined ? {} : { actor: actorOf(caller) }),
        request: { action: route.name, clientAddress: client.address },
      };
      logger.appendKeys({ correlationId: cause.correlationId, route: route.name, actor: cause.actor });
      let response: HttpResponse;
      let counted: ReturnType<typeof requestLimits> | undefined;
      try {
        counted = limits && requestLimits(limits(), route.limits);
        const request = parseRequest(route, event, headers, caller, client, cause);
        await counted?.takeAll(request);
        response = conditional(
          headers,
          route,
          await handle({ ...request, limits: counted ?? noLimits } as HttpRequest<R>),
        );
      } catch (error) {
        countHandled(error, context);
        response = problemResponse(route, error, requestId);
      }
      logger.info('request', {
        status: response.status,
        durationMs: Math.round(performance.now() - started),
      });
      return toResult(response, cause, counted?.headers());
    },
  );
}

function parseRequest(
  route: Route,
  event: APIGatewayProxyEvent,
  headers: Record<string, string>,
  given: Caller | undefined,
  client: Client,
  cause: Cause,
) {
  const caller = authorized(route, event, given);
  const key = idempotencyKeyOf(route, headers);
  const rawBody = bodyText(event);
  const params = route.params ? parsePart(route.params, event.pathParameters ?? {}, 'path') : {};
  const query = route.query ? parsePart(route.query, queryOf(event), 'query') : {};
  const body = route.body
    ? storable(parsePart(route.body, jsonBody(rawBody, headers['content-type']), 'body'), 'body')
    : undefined;
  const expectedVersion = route.ifMatch ? expectedVersionFrom(headers['if-match']) : 'any';
  // The same body with another If-Match is another request.
  const parts = [params, query, body, ...(route.ifMatch ? [expectedVersion] : [])];
  return {
    params,
    query,
    body,
    rawBody,
    headers,
    caller: caller ?? notSignedIn,
    client,
    cause,
    idempotency: key === undefined ? undefined : idempotentRequest(route, key, caller, parts),
    expectedVersion,
  };
}

/** A name given once is a string, one given several times an array. */
const queryOf = (event: APIGatewayProxyEvent): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(event.multiValueQueryStringParameters ?? {}).flatMap(([name, values]) =>
      values === undefined ? [] : [[name, values.length === 1 ? values[0]! : values] as const],
    ),
  );

function idempotencyKeyOf(route: Route, headers: Record<string, string>): string | undefined {
  const rule = route.idempotency ?? 'none';
  const given = headers['idempotency-key'];
  if (rule === 'none' || (given === undefined && rule === 'optional')) return undefined;
  return parsePart(idempotencyKey, given, 'Idempotency-Key');
}

const idempotentRequest = (
  route: Route,
  key: string,
  caller: Caller | undefined,
  parts: unknown[],
): IdempotentRequest => ({
  scope: `${route.name}:${caller?.userId ?? 'public'}`,
  key,
  fingerprint: fingerprintOf(...parts),
});

/** 304 without a body instead of a representation that the client has already (RFC 9110, 15.4.5). */
function conditional(headers: Record<string, string>, route: Route, response: HttpResponse): HttpResponse {
  if (route.method !== 'GET' || response.status !== 200) return response;
  if (!isNotModified(headers['if-none-match'], response.headers?.['ETag'])) return response;
  return { status: 304, ...(response.headers === undefined ? {} : { headers: response.headers }) };
}

function problemResponse(route: Route, error: unknown, requestId: string): HttpResponse {
  const problem = toProblem(error, requestId, route.fieldNames);
  if (!(error instanceof ShopError)) logger.error('unhandled error', error as Error);
  else if (problem.status >= 500) logger.warn('unavailable', error);
  else logger.debug('refused', { code: error.code });
  const retryAfter = error instanceof ShopError ? error.retryAfterSeconds : undefined;
  return {
    status: problem.status,
    body: problem,
    headers: {
      'Content-Type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      ...(problem.status === 401 ? { 'WWW-Authenticate': challenge } : {}),
    },
  };
}

/** How to authenticate (RFC 6750, 3). API Gateway renames the header of a function's response (docs/http.md). */
const challenge = 'Bearer realm="shop"';

const toResult = (
  response: HttpResponse,
  cause: Cause,
  limitHeaders: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode: response.status,
  headers: {
    ...(response.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    'Cache-Control': 'no-store',
    'X-Correlation-Id': cause.correlationId,
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': config.CORS_ORIGIN,
    'Access-Control-Expose-Headers': exposedHeaders,
    ...limitHeaders,
    ...response.headers,
  },
  body:
    response.body === undefined
      ? ''
      : typeof response.body === 'string'
        ? response.body
        : JSON.stringify(response.body),
});

const lowerCased = (headers: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  );

/** A caller may set the correlation id; only a plain one is accepted, since it goes into logs and events. */
const correlationIdFrom = (headers: Record<string, string>, requestId: string): string =>
  /^[\w.-]{1,100}$/.exec(headers['x-correlation-id'] ?? '')?.[0] ?? requestId;
