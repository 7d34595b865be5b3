import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdminContract, rotateSigningKeysContract } from '../shared/contracts/users.ts';
import { operator } from './operator.ts';

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
  const { created, keyId } = await caller(options)('users', rotateSigningKeysContract, {
    onlyIfMissing: true,
  });
  options.log(created ? 'signing key: created' : 'signing key: exists');
  return { created, keyId };
}

/** Creates the first signing key and the administrator if they are missing. @throws Error naming the function that failed */
export async function setUp({ adminEmail, ...options }: SetUpOptions): Promise<SetUpResult> {
  const { log } = options;
  const signingKey = await createSigningKey(options);
  const call = caller(options);
  const admin = await call('users', createAdminContract, { email: adminEmail });
  log(`administrator ${admin.email}: ${admin.result}`);
  return {
    signingKey,
    admin: {
      email: admin.email,
      ...(admin.result === 'created' ? { password: admin.password } : {}),
    },
  };
}

const caller = ({ lambda, stage, project, log }: KeyOptions) =>
  operator(lambda, (service, name) => `${project}-${service}-${stage}-${name}`, log);
