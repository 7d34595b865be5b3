/**
 * What went wrong, in domain words: an error carries a stable code and what the caller can do about it.
 * The edges turn the remedy into an HTTP status, a retry or a dead letter; nothing else does.
 */

/** What helps: repair the request, sign in, ask for rights, look elsewhere, resolve a conflict, or wait. */
export type Remedy = 'fix-request' | 'sign-in' | 'not-allowed' | 'not-found' | 'conflict' | 'retry-later';

/** One named part of a request that is wrong: `field` is a path such as `lines[1].quantity`. */
export type FieldError = { field: string; message: string };

/** What a kind of error always has: its code, its remedy, and a title for people (≤ 60 characters). */
export type ErrorKind = { code: string; remedy: Remedy; title: string; status?: number };

/** The particulars of one error. `retryAfterSeconds` is sent as Retry-After. */
export type ErrorParticulars = { fields?: FieldError[]; retryAfterSeconds?: number; cause?: unknown };

/** Statuses by remedy (RFC 9110); a kind may name a more exact one. */
const statusOfRemedy: Record<Remedy, number> = {
  'fix-request': 400,
  'sign-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  'retry-later': 503,
};

/** The HTTP status of a kind of error. */
export const statusOf = (kind: ErrorKind): number => kind.status ?? statusOfRemedy[kind.remedy];

/** The base of every named error; made by {@link shopError}, never thrown itself. */
export class ShopError extends Error {
  readonly kind: ErrorKind;
  readonly fields: FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, detail: string, particulars: ErrorParticulars = {}) {
    super(detail, particulars.cause === undefined ? undefined : { cause: particulars.cause });
    this.name = kind.code;
    this.kind = kind;
    this.fields = particulars.fields ?? [];
    this.retryAfterSeconds = particulars.retryAfterSeconds;
  }

  get code(): string {
    return this.kind.code;
  }

  get remedy(): Remedy {
    return this.kind.remedy;
  }

  get status(): number {
    return statusOf(this.kind);
  }
}

/** A class of error with its kind readable from the class, so that routes can name it and documents list it. */
export type ShopErrorClass = {
  new (detail: string, particulars?: ErrorParticulars): ShopError;
  readonly kind: ErrorKind;
};

/**
 * Declares a kind of error: `const OutOfStock = shopError({ code: 'OUT_OF_STOCK', remedy: 'conflict', … })`.
 * A module exports what it declares: docs/errors.md has a row for each, and a test holds them to each other.
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

/** The request does not have the form that the route asks for; `fields` names each wrong part. */
export const InvalidRequest = shopError({
  code: 'INVALID_REQUEST',
  remedy: 'fix-request',
  title: 'The request is not valid',
});
/** No valid access token came with the request. */
export const Unauthenticated = shopError({
  code: 'UNAUTHENTICATED',
  remedy: 'sign-in',
  title: 'Sign in first',
});
/** The caller is known but lacks the permission. */
export const Forbidden = shopError({ code: 'FORBIDDEN', remedy: 'not-allowed', title: 'Not allowed' });
/** The body's media type is not JSON. */
export const UnsupportedMediaType = shopError({
  code: 'UNSUPPORTED_MEDIA_TYPE',
  remedy: 'fix-request',
  status: 415,
  title: 'The body must be JSON',
});
/** The Idempotency-Key was used before with another request (draft-ietf-httpapi-idempotency-key-header). */
export const IdempotencyKeyReused = shopError({
  code: 'IDEMPOTENCY_KEY_REUSED',
  remedy: 'fix-request',
  status: 422,
  title: 'The Idempotency-Key belongs to another request',
});
/** The first request with this Idempotency-Key is still being handled. */
export const RequestInProgress = shopError({
  code: 'REQUEST_IN_PROGRESS',
  remedy: 'conflict',
  title: 'The same request is still being handled',
});
/** If-Match names a version that is no longer the current one (RFC 9110, 13.1.1). */
export const PreconditionFailed = shopError({
  code: 'PRECONDITION_FAILED',
  remedy: 'conflict',
  status: 412,
  title: 'It has changed since it was read',
});
/** The route changes something that has versions, and the request names none (RFC 6585). */
export const PreconditionRequired = shopError({
  code: 'PRECONDITION_REQUIRED',
  remedy: 'fix-request',
  status: 428,
  title: 'If-Match is required',
});
/** Something we depend on did not answer, or the item is contended; nothing was done. */
export const Unavailable = shopError({
  code: 'UNAVAILABLE',
  remedy: 'retry-later',
  title: 'Not available right now',
});

/** Nobody foresaw it; a caller is told nothing but where to find it in the logs. */
export const Internal = shopError({
  code: 'INTERNAL',
  remedy: 'retry-later',
  status: 500,
  title: 'Something went wrong',
});

// What API Gateway and the firewall answer before a service is asked (shared/serverless/gateway-responses.yml).

/** No route has this method and path. */
export const RouteNotFound = shopError({
  code: 'ROUTE_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such route',
});
/** API Gateway, or a firewall before it, takes no request of this size. */
export const RequestTooLarge = shopError({
  code: 'REQUEST_TOO_LARGE',
  remedy: 'fix-request',
  status: 413,
  title: 'Request too large',
});
/** The stage or one address asks for more than it may. */
export const TooManyRequests = shopError({
  code: 'TOO_MANY_REQUESTS',
  remedy: 'retry-later',
  status: 429,
  title: 'Too many requests',
});
/** API Gateway cannot read the request. */
export const BadRequest = shopError({ code: 'BAD_REQUEST', remedy: 'fix-request', title: 'Bad request' });
/** The service took longer than API Gateway waits. */
export const TimedOut = shopError({
  code: 'TIMEOUT',
  remedy: 'retry-later',
  status: 504,
  title: 'No answer in time',
});
