import { setTimeout as pause } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { CallResult, Contract } from '../shared/contracts/contract.ts';
import { invoke } from './invoke.ts';

/** Calls a service's operator function by its contract. */
export type Operator = <Q extends z.ZodType, A extends z.ZodType>(
  service: string,
  contract: Contract<Q, A>,
  request: z.input<Q>,
) => Promise<z.output<A>>;

/**
 * A function that was just deployed may be pending (Lambda, "Lambda function states"), and the first calls of a new
 * account may be throttled.
 */
const retryable = new Set([
  'ResourceConflictException',
  'ResourceNotReadyException',
  'TooManyRequestsException',
  'ServiceException',
  'EC2ThrottledException',
]);
const retryTimeoutMs = 60_000;
const firstPauseMs = 250;
const maxPauseMs = 5_000;

/**
 * Calls functions of one stage with `lambda:InvokeFunction`.
 * @throws Error naming the function when it is not deployed, fails or refuses
 */
export function operator(
  lambda: LambdaClient,
  nameOf: (service: string, contract: string) => string,
  log: (line: string) => void,
): Operator {
  return async (service, contract, request) => {
    const name = nameOf(service, contract.name);
    const result = (await withRetry(name, log, () => invoke(lambda, name, request as object))) as CallResult<
      unknown,
      { code: string; detail: string }
    >;
    if (!result.ok) throw new Error(`${name} refused: ${result.refusal.code}: ${result.refusal.detail}`);
    return contract.response.parse(result.response);
  };
}

async function withRetry<T>(name: string, log: (line: string) => void, call: () => Promise<T>): Promise<T> {
  const started = performance.now();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      return await call();
    } catch (cause) {
      const error = cause as Error;
      if (error.name === 'ResourceNotFoundException')
        throw new Error(`${name} is not deployed: deploy the stage first`, { cause });
      if (error.name === 'Error') throw error; // the function's own error
      if (!retryable.has(error.name) || performance.now() - started > retryTimeoutMs)
        throw new Error(`${name} cannot be called: ${error.message}`, { cause });
      log(`${name} is not ready yet (${error.name})`);
      await pause(pauseMs);
    }
  }
}
