import * as z from 'zod';
import {
  type ErrorKind,
  Forbidden,
  IdempotencyKeyReused,
  Internal,
  InvalidRequest,
  PreconditionFailed,
  PreconditionRequired,
  RequestInProgress,
  RequestTooLarge,
  TimedOut,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
  UnprocessableRequest,
  UnsupportedMediaType,
} from '../../shared/errors.ts';
import type { Route } from '../../shared/http/route.ts';
import { statusOf } from '../../shared/http/status.ts';
import { isConditional, requestHeaders, responseHeaders, withHeaders } from './headers.ts';
import { admitEmpty, nameProperties, requireStorable } from './json-schema.ts';
import { securityOf, securitySchemes } from './security-schemes.ts';
import { referToText, textSchemas } from './text-schemas.ts';

/** A kind of error, with the status that API Gateway returns where it differs from the kind's own. */
type RouteError = ErrorKind & { gatewayStatus?: number };

/** A service's name and its routes. */
export type ServiceRoutes = { service: string; routes: readonly Route[] };

type Json = Record<string, unknown>;

/**
 * Errors that every route may return. API Gateway returns 502 when a function fails without a response; 503 comes from
 * any route whose store is unavailable or contended, and from the edge while no region is available.
 */
const everyRoutesErrors: RouteError[] = [
  TooManyRequests.kind,
  Internal.kind,
  { ...Internal.kind, gatewayStatus: 502 },
  Unavailable.kind,
  TimedOut.kind,
];

/** The OpenAPI 3.1 document of all services, from the schemas that parse requests. Routes are sorted by path. */
export function openapiDocument(services: readonly ServiceRoutes[], version: string): Json {
  const paths: Record<string, Json> = {};
  const all = services.flatMap(({ service, routes }) => routes.map((route) => ({ service, route })));
  for (const { service, route } of all.toSorted((a, b) => compare(a.route, b.route))) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operation(service, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Shop API',
      version,
      description:
        'Every error response is a problem (RFC 9457) with a stable `code`. HEAD is supported wherever GET is. A body may be compressed with `Content-Encoding: gzip` or `deflate`; another coding is refused with 415.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    tags: services.map(({ service }) => ({ name: service, description: `The ${service} service.` })),
    paths,
    components: {
      securitySchemes,
      headers: responseHeaders,
      schemas: {
        Problem: problemSchema,
        ...textSchemas(),
      },
    },
  };
}

const compare = (a: Route, b: Route): number =>
  a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1;

const problemSchema: Json = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable: what programs decide by.' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Each part of the request that is wrong.',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'code', 'detail'],
};

function operation(service: string, route: Route): Json {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...requestHeaders(route),
  ];
  return {
    operationId: `${service}-${route.name}`,
    tags: [service],
    summary: route.summary,
    security: securityOf(route),
    ...(route.access === 'public' ? {} : { 'x-permission': route.access }),
    ...(route.othersAccess === undefined ? {} : { 'x-permission-others': route.othersAccess }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toSchema(route.body, 'input') } },
          },
        }),
    responses: withHeaders(route, { ...successes(route), ...problems(errorsOf(route)) }),
  };
}

/** The JSON Schema of a zod schema. Patterns of standard formats are omitted: the format name is enough. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      referToText(jsonSchema as Json);
      if (io === 'input') requireStorable(jsonSchema as Json);
      nameProperties(jsonSchema as Json);
      admitEmpty(jsonSchema as Json);
    },
  }) as Json;
  return json;
}

function parametersOf(schema: z.ZodType | undefined, location: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: location === 'path' || required.includes(name),
    schema: property,
  }));
}

const notModified = { 304: { description: 'The version that If-None-Match names is the current one.' } };

const successes = (route: Route): Json =>
  Object.fromEntries(
    Object.entries({
      ...route.responses,
      ...(isConditional(route) ? notModified : {}),
    } as Route['responses']).map(([status, { description, schema, contentType }]) => [
      status,
      {
        description,
        ...(schema === undefined
          ? {}
          : { content: { [contentType ?? 'application/json']: { schema: toSchema(schema, 'output') } } }),
      },
    ]),
  );

/** The errors that a route declares, and those that follow from its inputs. */
function errorsOf(route: Route): RouteError[] {
  const takesInput = (route.params ?? route.query ?? route.body) !== undefined;
  const takesKey = (route.idempotency ?? 'none') !== 'none';
  return [
    ...(takesInput || takesKey || route.ifMatch ? [InvalidRequest.kind] : []),
    ...(route.access === 'public' ? [] : [Unauthenticated.kind, Forbidden.kind]),
    ...(route.body === undefined
      ? []
      : [UnsupportedMediaType.kind, RequestTooLarge.kind, UnprocessableRequest.kind]),
    ...(takesKey ? [IdempotencyKeyReused.kind, RequestInProgress.kind] : []),
    ...(route.ifMatch ? [PreconditionFailed.kind, PreconditionRequired.kind] : []),
    ...(route.errors ?? []),
    ...everyRoutesErrors,
  ];
}

const statusIn = (error: RouteError): number => error.gatewayStatus ?? statusOf(error);

function problems(errors: readonly RouteError[]): Json {
  const distinct = [...new Map(errors.map((error) => [`${statusIn(error)} ${error.code}`, error])).values()];
  const byStatus = Map.groupBy(distinct, statusIn);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, group]) => [
        String(status),
        {
          description: group.map(({ code, title }) => `${code}: ${title}.`).join(' '),
          content: {
            'application/problem+json': {
              schema: {
                allOf: [
                  { $ref: '#/components/schemas/Problem' },
                  { type: 'object', properties: { code: { enum: group.map(({ code }) => code) } } },
                ],
              },
            },
          },
        },
      ]),
  );
}
