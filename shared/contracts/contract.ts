import type * as z from 'zod';

/** A function that one service may call in another: both sides parse by these schemas. */
export type Contract<Q extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> = {
  name: string;
  request: Q;
  answer: A;
};

/** Declares a contract between two services, or between a service and its operator. */
// @__NO_SIDE_EFFECTS__
export function contract<Q extends z.ZodType, A extends z.ZodType>(
  definition: Contract<Q, A>,
): Contract<Q, A> {
  return definition;
}

/** What travels back: the answer, or a refusal in the shop's own words (a function error is a fault, never a refusal). */
export type Outcome<A> =
  | { ok: true; answer: A }
  | { ok: false; refusal: { code: string; detail: string; fields: { field: string; message: string }[] } };
