import type { ErrorCode } from '../error-codes.ts';
import type { ErrorKind, Remedy } from '../errors.ts';

/** Statuses by remedy (RFC 9110). */
const statusOfRemedy: Record<Remedy, number> = {
  'fix-request': 400,
  'sign-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  'retry-later': 503,
};

/** Codes with a more exact status than their remedy's. */
const exactStatus: Partial<Record<ErrorCode, number>> = {
  GUESSABLE_PASSWORD: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  INTERNAL: 500,
  INVALID_ADDRESS: 422,
  INVALID_MAIL_TOKEN: 422,
  MIXED_CURRENCIES: 422,
  ORDER_TOO_LARGE: 422,
  ORDER_TOO_SCATTERED: 422,
  ORDER_TOO_SMALL: 422,
  PRECONDITION_FAILED: 412,
  PRECONDITION_REQUIRED: 428,
  REQUEST_TOO_LARGE: 413,
  TIMEOUT: 504,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_SIGN_INS: 429,
  UNKNOWN_CATEGORY: 422,
  UNKNOWN_PRODUCT: 422,
  UNPROCESSABLE_REQUEST: 422,
  UNSUPPORTED_MEDIA_TYPE: 415,
};

/** The HTTP status of a kind of error. */
export const statusOf = ({ code, remedy }: ErrorKind): number => exactStatus[code] ?? statusOfRemedy[remedy];
