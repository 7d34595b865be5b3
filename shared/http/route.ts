import type * as z from 'zod';
import type { Permission } from '../auth/permissions.ts';
import type { ErrorKind } from '../errors.ts';
import type { FieldNames } from './problem.ts';

/** Whether the Idempotency-Key header is required, optional, or ignored because a retry repeats no effect. */
export type IdempotencyRule = 'required' | 'optional' | 'none';

/** The parts of a request by which a limit can count. */
export type Limited = { client: { address: string }; body: unknown };

/** A limit of a route, by its name in the service; the handler wrapper counts each request, or the handler itself does. */
export type RouteLimit = {
  name: string;
  /** What the handler wrapper counts by. Without it the handler counts. */
  partition?: (request: Limited) => string;
};

/**
 * One route of the API: the schemas of its requests and responses, and who may call it. The handler wrapper, the
 * OpenAPI document and the tests all read this; `path` is the full path as in `serverless.yml`.
 */
export type Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> = {
  /** The handler's file and function key: `place-order`. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/api/v1/${string}`;
  summary: string;
  /** `public`, or the permission that the caller needs. */
  access: 'public' | Permission;
  /** The permission to see or change with this route what belongs to others; without it, others' do not exist for a caller. */
  othersAccess?: Permission;
  params?: P;
  query?: Q;
  body?: B;
  idempotency?: IdempotencyRule;
  /** An `If-Match` header with the current ETag is required. */
  ifMatch?: boolean;
  /** Responses have the version as `ETag`; a GET with `If-None-Match` of the current one returns 304. */
  versioned?: boolean;
  /** Responses may come from a cache, which `Cache-Control: no-cache` bypasses. */
  cached?: boolean;
  /** Responses by status; without a schema the response has no body. */
  responses: Record<number, { description: string; schema?: z.ZodType; contentType?: string }>;
  /** Named errors of this route beyond those that every route may return. */
  errors?: ErrorKind[];
  /** Limits of requests and failures, in the order in which they are counted: a request that is refused counts in no further one. */
  limits?: readonly RouteLimit[];
  /** Request field names for the subjects of this route's refusals. */
  fieldNames?: FieldNames;
};

/** Declares a route; see {@link Route}. */
// @__NO_SIDE_EFFECTS__
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  definition: Route<P, Q, B>,
): Route<P, Q, B> {
  return definition;
}
