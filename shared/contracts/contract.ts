import type * as z from 'zod';

/**
 * A function that one service, or an operator, calls in another: both sides parse by these schemas. `refusal` lists
 * every refusal as a union on `code`; both sides handle it in a `switch` without default.
 */
export type Contract<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Refusal extends z.ZodType = z.ZodType,
> = {
  name: string;
  request: Request;
  response: Response;
  refusal: Refusal;
  /** Called by an operator, whose changes are recorded in the audit log; otherwise by a service or a schedule. */
  calledByOperator?: boolean;
};

/** Declares a contract between two services, or between a service and its operator. */
// @__NO_SIDE_EFFECTS__
export function contract<Request extends z.ZodType, Response extends z.ZodType, Refusal extends z.ZodType>(
  definition: Contract<Request, Response, Refusal>,
): Contract<Request, Response, Refusal> {
  return definition;
}

/** The result of a call between services. A function error is a failure of the call, never a refusal. */
export type CallResult<Response, Refusal = never> =
  | { ok: true; response: Response }
  | { ok: false; refusal: Refusal };
