import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { CallResult, Contract } from '../shared/contracts/contract.ts';

/** Calls a service's operator function by its contract. */
export type Operator = <Q extends z.ZodType, A extends z.ZodType>(
  service: string,
  contract: Contract<Q, A>,
  request: z.input<Q>,
) => Promise<z.output<A>>;

/**
 * A function that was just deployed may still be pending (Lambda, "Lambda function states"), and a new account's
 * first calls may be throttled; that passes within a minute.
 */
const passing = new Set([
  'ResourceConflictException',
  'ResourceNotReadyException',
  'TooManyRequestsException',
  'ServiceException',
  'EC2ThrottledException',
]);
const patienceMs = 60_000;
const firstWaitMs = 250;
const maxWaitMs = 5_000;

/**
 * Calls functions of one stage by `lambda:InvokeFunction`.
 * @throws Error naming the function: it is not deployed, it failed, or it refused
 */
export function operator(
  lambda: LambdaClient,
  nameOf: (service: string, contract: string) => string,
  log: (line: string) => void,
): Operator {
  return async (service, contract, request) => {
    const name = nameOf(service, contract.name);
    const answer = await whenReady(name, log, () =>
      lambda.send(
        new InvokeCommand({ FunctionName: name, Payload: new TextEncoder().encode(JSON.stringify(request)) }),
      ),
    );
    const payload = new TextDecoder().decode(answer.Payload);
    if (answer.FunctionError !== undefined) throw new Error(`${name} failed: ${errorMessageOf(payload)}`);
    const result = JSON.parse(payload) as CallResult<unknown, { code: string; detail: string }>;
    if (!result.ok) throw new Error(`${name} refused: ${result.refusal.code}: ${result.refusal.detail}`);
    return contract.response.parse(result.response);
  };
}

async function whenReady<T>(name: string, log: (line: string) => void, call: () => Promise<T>): Promise<T> {
  const started = performance.now();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(maxWaitMs, waitMs * 2)) {
    try {
      return await call();
    } catch (cause) {
      const error = cause as Error;
      if (error.name === 'ResourceNotFoundException')
        throw new Error(`${name} is not deployed: deploy the stage first`, { cause });
      if (!passing.has(error.name) || performance.now() - started > patienceMs)
        throw new Error(`${name} cannot be called: ${error.message}`, { cause });
      log(`${name} is not ready yet (${error.name})`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** What Lambda answers for a function that threw (Lambda, "Error handling"). */
function errorMessageOf(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `${errorType ?? 'Error'}: ${errorMessage ?? payload}`;
}
