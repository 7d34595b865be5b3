import type * as z from 'zod';
import type { CallResult, Contract } from '../contracts/contract.ts';
import type { Cause } from '../events/event.ts';
import { newId } from '../ids.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { logger } from './telemetry.ts';

/** An operator is named by CloudTrail, under the request id in the function's log. */
const callerOf = ({ calledByOperator, name }: Contract): Partial<Cause> =>
  calledByOperator ? { actor: { kind: 'operator', id: 'operator' }, request: { action: name } } : {};

/**
 * Wraps a function that is called by `lambda:InvokeFunction`. The handler returns the contract's response or one of its
 * refusals; a thrown error becomes a function error, which the caller may retry.
 */
export function callHandler<Q extends z.ZodType, A extends z.ZodType, R extends z.ZodType>(
  contract: Contract<Q, A, R>,
  handle: (request: z.output<Q>, cause: Cause) => Promise<CallResult<z.input<A>, z.input<R>>>,
) {
  return lambdaHandler(
    async (event: { correlationId?: string }): Promise<CallResult<z.output<A>, z.output<R>>> => {
      const cause: Cause = { correlationId: event?.correlationId ?? newId(), ...callerOf(contract) };
      logger.appendKeys({ correlationId: cause.correlationId });
      const result = await handle(contract.request.parse(event ?? {}), cause);
      return result.ok
        ? { ok: true, response: contract.response.parse(result.response) }
        : { ok: false, refusal: contract.refusal.parse(result.refusal) };
    },
  );
}
