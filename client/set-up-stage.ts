import { setTimeout as pause } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import type { CallResult, Contract } from '../shared/contracts/contract.ts';
import { createUserContract, rotateSigningKeysContract } from '../shared/contracts/users.ts';
import { invoke } from './invoke.ts';

export type KeyOptions = {
  lambda: LambdaClient;
  stage: string;
  /** The prefix of the services' names: `shop`. */
  project: string;
  /** Receives each completed step, never the password. */
  log: (line: string) => void;
};
export type SetUpOptions = KeyOptions & { adminEmail: string };

/** The password is set only if this call created the administrator; it cannot be read again. */
export type SetUpResult = {
  signingKey: { created: boolean; keyId: string };
  admin: { email: string; password?: string };
};

/** Creates the first signing key if it is missing. @throws Error naming the function that failed */
export async function createSigningKey(options: KeyOptions): Promise<SetUpResult['signingKey']> {
  const { created, keyId } = await callUsers(options, rotateSigningKeysContract, { onlyIfMissing: true });
  options.log(created ? 'signing key: created' : 'signing key: exists');
  return { created, keyId };
}

/** Creates the first signing key and the administrator if they are missing. @throws Error naming the function that failed */
export async function setUp({ adminEmail, ...options }: SetUpOptions): Promise<SetUpResult> {
  const { log } = options;
  const signingKey = await createSigningKey(options);
  const request = { email: adminEmail, name: 'Administrator', roles: ['admin' as const] };
  const admin = await callUsers(options, createUserContract, request);
  log(`administrator ${admin.email}: ${admin.result}`);
  return {
    signingKey,
    admin: {
      email: admin.email,
      ...(admin.result === 'created' ? { password: admin.password } : {}),
    },
  };
}

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
 * Calls an operator function of the service users by its contract, with `lambda:InvokeFunction`.
 * @throws Error naming the function when it is not deployed, fails or refuses
 */
async function callUsers<Q extends z.ZodType, A extends z.ZodType>(
  { lambda, stage, project, log }: KeyOptions,
  contract: Contract<Q, A>,
  request: z.input<Q>,
): Promise<z.output<A>> {
  const name = `${project}-users-${stage}-${contract.name}`;
  const result = (await withRetry(name, log, () => invoke(lambda, name, request as object))) as CallResult<
    unknown,
    { code: string; detail: string }
  >;
  if (!result.ok) throw new Error(`${name} refused: ${result.refusal.code}: ${result.refusal.detail}`);
  return contract.response.parse(result.response);
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
