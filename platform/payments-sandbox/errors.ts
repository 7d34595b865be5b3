/** The `error` object of a response (https://docs.stripe.com/api/errors). */
export type ApiErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  payment_intent?: unknown;
  payment_method?: unknown;
};

/** A refusal in Stripe's form. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ApiErrorBody;

  constructor(status: number, body: ApiErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/** 400 for parameters that Stripe refuses before it executes a request; not stored under an idempotency key. */
export class InvalidParameters extends ApiError {
  /** @param param the parameter's path (`metadata[order_id]`) */
  constructor(param: string, message: string, code?: string) {
    super(400, { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) });
  }
}

/** An id that does not exist: 404 in a path, 400 in a parameter. */
export const noSuch = (kind: string, id: string, param: string, status: 400 | 404): ApiError =>
  new ApiError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  });

/** A request that the PaymentIntent's state does not allow. */
export const unexpectedState = (message: string, paymentIntent: unknown): ApiError =>
  new ApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message,
    payment_intent: paymentIntent,
  });
