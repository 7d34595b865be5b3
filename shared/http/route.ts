import type * as z from 'zod';
import type { Permission } from '../auth/permissions.ts';
import type { ErrorKind } from '../errors.ts';

/** Whether a route takes an Idempotency-Key header: it must, it may, or it changes nothing that a retry would repeat. */
export type IdempotencyRule = 'required' | 'optional' | 'none';

/**
 * One route of the API: what parses its requests, who may call it, and what it answers. The edge, the OpenAPI
 * document and the tests all read this; `path` is the full path as in `serverless.yml`.
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
  params?: P;
  query?: Q;
  body?: B;
  idempotency?: IdempotencyRule;
  /** An `If-Match` header with the current ETag is required. */
  ifMatch?: boolean;
  /** Answers by status; `undefined` is an answer without a body. */
  responses: Record<number, { description: string; schema?: z.ZodType; contentType?: string }>;
  /** Named errors of this route beyond those that every route may answer. */
  errors?: ErrorKind[];
};

/** Declares a route; see {@link Route}. */
// @__NO_SIDE_EFFECTS__
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  definition: Route<P, Q, B>,
): Route<P, Q, B> {
  return definition;
}
