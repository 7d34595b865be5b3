/** The error types of Stripe's API (https://docs.stripe.com/api/errors). */
export type ApiErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** The `error` object as it goes over the wire. */
export type ApiErrorBody = {
  type: ApiErrorType;
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: unknown;
  payment_method?: unknown;
};

/** A refusal in Stripe's own shape: thrown by whatever judges a request, written once by the server. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ApiErrorBody;

  constructor(status: number, body: ApiErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body.code
      ? { doc_url: `https://docs.stripe.com/error-codes#${body.code.replaceAll('_', '-')}`, ...body }
      : body;
  }
}

/** 400 for a request that Stripe refuses before it starts executing; such a refusal is not kept under a key. */
export class InvalidParameters extends ApiError {}

/** A parameter that cannot be taken, named by its path (`metadata[order_id]`). */
export const invalidParameter = (param: string, message: string, code?: string): InvalidParameters =>
  new InvalidParameters(400, { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) });

/** A required parameter that is absent. */
export const missingParameter = (param: string): InvalidParameters =>
  invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');

/** A parameter this sandbox does not know: refused, as Stripe refuses it, so that no option is silently lost. */
export const unknownParameter = (param: string): InvalidParameters =>
  invalidParameter(param, `Received unknown parameter: ${param}`, 'parameter_unknown');

/** An id that names nothing. In a path Stripe answers 404, in a parameter 400. */
export const noSuch = (kind: string, id: string, param: string, inPath = true): ApiError =>
  new ApiError(inPath ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  });

/** A request that the PaymentIntent's state does not allow; Stripe attaches the intent. */
export const unexpectedState = (message: string, paymentIntent: unknown): ApiError =>
  new ApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message,
    payment_intent: paymentIntent,
  });

/** An address that Stripe's API, or this part of it, does not have. */
export const unrecognisedUrl = (method: string, path: string): ApiError =>
  new ApiError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). Please see https://docs.stripe.com/api.`,
  });
