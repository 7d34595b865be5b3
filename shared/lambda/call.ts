import type * as z from 'zod';
import type { Contract, Outcome } from '../contracts/contract.ts';
import { ShopError } from '../errors.ts';
import type { Cause } from '../events/event.ts';
import { newId } from '../ids.ts';
import { edge } from './edge.ts';
import { logger } from './telemetry.ts';

/**
 * The edge of functions that are called by `lambda:InvokeFunction`: named errors come back as refusals, except
 * retry-later ones and unknown ones, which are function errors that the caller may retry.
 */
export function callHandler<Q extends z.ZodType, A extends z.ZodType>(
  contract: Contract<Q, A>,
  handle: (request: z.output<Q>, cause: Cause) => Promise<z.input<A>>,
) {
  return edge(async (event: { correlationId?: string }): Promise<Outcome<z.output<A>>> => {
    const cause = { correlationId: event?.correlationId ?? newId() };
    logger.appendKeys({ correlationId: cause.correlationId });
    const request = contract.request.parse(event ?? {});
    try {
      return { ok: true, answer: contract.answer.parse(await handle(request, cause)) };
    } catch (error) {
      if (!(error instanceof ShopError) || error.remedy === 'retry-later') throw error;
      return { ok: false, refusal: { code: error.code, detail: error.message, fields: error.fields } };
    }
  });
}
