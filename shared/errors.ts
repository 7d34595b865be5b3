import type { ErrorCode } from './error-codes.ts';

/**
 * Errors in domain terms: each carries a stable code and what the caller can do about it. The handler wrappers turn the
 * remedy into an HTTP status, a retry or a dead letter; nothing else does.
 */

/** What helps: repair the request, sign in, ask for rights, look elsewhere, resolve a conflict, or wait. */
export type Remedy = 'fix-request' | 'sign-in' | 'not-allowed' | 'not-found' | 'conflict' | 'retry-later';

/**
 * What exactly was refused, in domain terms: the line with index 2, its quantity. The HTTP layer turns it into the
 * name of a request field. The kind `field` belongs to the HTTP layer, whose `part` is such a name already.
 */
export type Subject = { kind: string; index?: number; id?: string; part?: string; message: string };

/** What a kind of error always has: its code, its remedy, and a title for people (≤ 60 characters). */
export type ErrorKind = { code: ErrorCode; remedy: Remedy; title: string };

/** The particulars of one error. `retryAfterSeconds` is sent as Retry-After. */
export type ErrorParticulars = { subjects?: Subject[]; retryAfterSeconds?: number; cause?: unknown };

/** The base of every named error; created by {@link shopError}, never thrown itself. */
export class ShopError extends Error {
  readonly kind: ErrorKind;
  readonly subjects: Subject[];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, detail: string, particulars: ErrorParticulars = {}) {
    super(detail, particulars.cause === undefined ? undefined : { cause: particulars.cause });
    this.name = kind.code;
    this.kind = kind;
    this.subjects = particulars.subjects ?? [];
    this.retryAfterSeconds = particulars.retryAfterSeconds;
  }

  get code(): ErrorCode {
    return this.kind.code;
  }

  get remedy(): Remedy {
    return this.kind.remedy;
  }
}

/** A class of error whose kind can be read from the class, so that routes can name it and documents list it. */
export type ShopErrorClass = {
  new (detail: string, particulars?: ErrorParticulars): ShopError;
  readonly kind: ErrorKind;
};

/**
 * Declares a kind of error: `const OutOfStock = shopError({ code: 'OUT_OF_STOCK', remedy: 'conflict', … })`.
 * A module exports what it declares: docs/errors.md has a row for each, which a test verifies.
 */
// @__NO_SIDE_EFFECTS__
export function shopError(kind: ErrorKind): ShopErrorClass {
  return class extends ShopError {
    static readonly kind = kind;
    constructor(detail: string, particulars: ErrorParticulars = {}) {
      super(kind, detail, particulars);
    }
  };
}

/** The request does not match the route's schemas; `subjects` name each wrong field. */
export const InvalidRequest = shopError({
  code: 'INVALID_REQUEST',
  remedy: 'fix-request',
  title: 'The request is not valid',
});
/** The request has the form of its schema, but breaks a rule that a schema cannot express. */
export const UnprocessableRequest = shopError({
  code: 'UNPROCESSABLE_REQUEST',
  remedy: 'fix-request',
  title: 'The request breaks a rule beyond its schema',
});
/** The request has no valid access token. */
export const Unauthenticated = shopError({
  code: 'UNAUTHENTICATED',
  remedy: 'sign-in',
  title: 'Sign in first',
});
/** The caller is signed in but lacks the permission. */
export const Forbidden = shopError({ code: 'FORBIDDEN', remedy: 'not-allowed', title: 'Not allowed' });
/** The body's media type is not JSON. */
export const UnsupportedMediaType = shopError({
  code: 'UNSUPPORTED_MEDIA_TYPE',
  remedy: 'fix-request',
  title: 'The body must be JSON',
});
/** The Idempotency-Key was used before with another request (draft-ietf-httpapi-idempotency-key-header). */
export const IdempotencyKeyReused = shopError({
  code: 'IDEMPOTENCY_KEY_REUSED',
  remedy: 'fix-request',
  title: 'The Idempotency-Key belongs to another request',
});
/** The first request with this Idempotency-Key is still being processed. */
export const RequestInProgress = shopError({
  code: 'REQUEST_IN_PROGRESS',
  remedy: 'conflict',
  title: 'The same request is still being processed',
});
/** If-Match names a version that is no longer the current one (RFC 9110, 13.1.1). */
export const PreconditionFailed = shopError({
  code: 'PRECONDITION_FAILED',
  remedy: 'conflict',
  title: 'The resource has changed since it was read',
});
/** The route changes a versioned resource, and the request has no If-Match (RFC 6585). */
export const PreconditionRequired = shopError({
  code: 'PRECONDITION_REQUIRED',
  remedy: 'fix-request',
  title: 'If-Match is required',
});
/** A dependency did not respond, or the item is contended; nothing was changed. */
export const Unavailable = shopError({
  code: 'UNAVAILABLE',
  remedy: 'retry-later',
  title: 'Temporarily unavailable',
});

/** An unexpected error. The response carries only a request id, which finds it in the log. */
export const Internal = shopError({
  code: 'INTERNAL',
  remedy: 'retry-later',
  title: 'Something went wrong',
});

// Returned by API Gateway and the firewall before a service is invoked (shared/serverless/rest-api.yml).

/** No route has this method and path. */
export const RouteNotFound = shopError({
  code: 'ROUTE_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such route',
});
/** The request is larger than API Gateway, or the firewall before it, accepts. */
export const RequestTooLarge = shopError({
  code: 'REQUEST_TOO_LARGE',
  remedy: 'fix-request',
  title: 'Request too large',
});
/** The stage or one address exceeded its request rate. */
export const TooManyRequests = shopError({
  code: 'TOO_MANY_REQUESTS',
  remedy: 'retry-later',
  title: 'Too many requests',
});
/** API Gateway cannot parse the request. */
export const BadRequest = shopError({ code: 'BAD_REQUEST', remedy: 'fix-request', title: 'Bad request' });
/** The service did not respond within API Gateway's timeout. */
export const TimedOut = shopError({
  code: 'TIMEOUT',
  remedy: 'retry-later',
  title: 'Timed out',
});
