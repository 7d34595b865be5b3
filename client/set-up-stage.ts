import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdminContract, rotateSigningKeysContract } from '../shared/contracts/users.ts';
import { operator } from './operator.ts';

export type KeyOptions = {
  lambda: LambdaClient;
  stage: string;
  /** What the names of the services begin with: `shop`. */
  project: string;
  /** Told of each step as it is done; never of the password. */
  log: (line: string) => void;
};
export type SetUpOptions = KeyOptions & { adminEmail: string };

/** What was done. The administrator's password is in it only when the account was made now: nobody can ask again. */
export type SetUpResult = {
  signingKey: { created: boolean; keyId: string };
  admin: { email: string; password?: string };
};

/** Makes the first signing key, without which nobody signs in. @throws Error naming the function that failed */
export async function makeSigningKey(options: KeyOptions): Promise<SetUpResult['signingKey']> {
  const { created, keyId } = await caller(options)('users', rotateSigningKeysContract, {
    onlyIfMissing: true,
  });
  options.log(created ? 'signing key: created' : 'signing key: exists');
  return { created, keyId };
}

/** Makes the first signing key and the administrator. @throws Error naming the function that failed */
export async function setUp({ adminEmail, ...options }: SetUpOptions): Promise<SetUpResult> {
  const { log } = options;
  const signingKey = await makeSigningKey(options);
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
