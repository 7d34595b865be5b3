/**
 * Makes a deployed stage ready for its first request: `npm run setup -- --stage dev`. Safe to repeat: it adds what is
 * missing and changes nothing that is there.
 */
import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdminContract, rotateSigningKeysContract } from '../shared/contracts/users.ts';
import { operator } from './operator.ts';

export type SetUpOptions = {
  lambda: LambdaClient;
  stage: string;
  /** What the names of the services begin with: `shop`. */
  project: string;
  adminEmail: string;
  /** Told of each step as it is done; never of the password. */
  log: (line: string) => void;
};

/** What was done. The administrator's password is in it only when the account was made now: nobody can ask again. */
export type SetUpResult = {
  signingKey: { made: boolean; keyId: string };
  admin: { email: string; password?: string };
};

/** Makes the first signing key and the administrator. @throws Error naming the function that failed */
export async function setUp({ lambda, stage, project, adminEmail, log }: SetUpOptions): Promise<SetUpResult> {
  const call = operator(lambda, (service, name) => `${project}-${service}-${stage}-${name}`, log);

  const { made, keyId } = await call('users', rotateSigningKeysContract, { onlyIfMissing: true });
  log(made ? 'signing key: made' : 'signing key: there already');

  const admin = await call('users', createAdminContract, { email: adminEmail });
  log(`administrator ${admin.email}: ${admin.outcome === 'created' ? 'made' : 'there already'}`);
  return {
    signingKey: { made, keyId },
    admin: {
      email: admin.email,
      ...(admin.outcome === 'created' ? { password: admin.password } : {}),
    },
  };
}

const help = `npm run setup -- [--stage dev] [--admin-email admin@shop.example] [--json]

Makes a deployed stage ready: makes the first key that signs access tokens, and the administrator's account, whose
password is printed once. Safe to repeat. (The databases are migrated by the deployment itself.)

  --stage        the stage that was deployed (default: dev)
  --project      what the names of the services begin with (default: shop)
  --admin-email  the administrator's address (default: admin@shop.example)
  --json         print the result as JSON, and the steps to standard error

Region, credentials and endpoint come from the environment (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL …).`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      project: { type: 'string', default: 'shop' },
      'admin-email': { type: 'string', default: 'admin@shop.example' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const result = await setUp({
    lambda: new LambdaClient({}),
    stage: values.stage,
    project: values.project,
    adminEmail: values['admin-email'],
    log: values.json ? console.error : console.log,
  });
  if (values.json) return console.log(JSON.stringify(result, null, 2));
  const { email, password } = result.admin;
  if (password !== undefined)
    console.log(`\nSign in as ${email} with the password\n  ${password}\nIt is not shown again.`);
}

if (import.meta.main)
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
