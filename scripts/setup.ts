/**
 * Makes a deployed stage ready for its first request: `npm run setup -- --stage dev`. Safe to repeat: it adds what is
 * missing and changes nothing that is there.
 */
import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createAdminContract, rotateSigningKeysContract } from '../shared/contracts/users.ts';
import { operator } from './operator.ts';
import { project } from './stacks.ts';

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
  signingKey: { made: boolean; keyId: string };
  admin: { email: string; password?: string };
};

/** Makes the first signing key, without which nobody signs in. @throws Error naming the function that failed */
export async function makeSigningKey(options: KeyOptions): Promise<SetUpResult['signingKey']> {
  const { made, keyId } = await caller(options)('users', rotateSigningKeysContract, { onlyIfMissing: true });
  options.log(made ? 'signing key: made' : 'signing key: there already');
  return { made, keyId };
}

/** Makes the first signing key and the administrator. @throws Error naming the function that failed */
export async function setUp({ adminEmail, ...options }: SetUpOptions): Promise<SetUpResult> {
  const { log } = options;
  const signingKey = await makeSigningKey(options);
  const call = caller(options);
  const admin = await call('users', createAdminContract, { email: adminEmail });
  log(`administrator ${admin.email}: ${admin.outcome === 'created' ? 'made' : 'there already'}`);
  return {
    signingKey,
    admin: {
      email: admin.email,
      ...(admin.outcome === 'created' ? { password: admin.password } : {}),
    },
  };
}

const caller = ({ lambda, stage, project, log }: KeyOptions) =>
  operator(lambda, (service, name) => `${project}-${service}-${stage}-${name}`, log);

/** An address that nobody has: good enough for a stage of one’s own, and for no stage that others use. */
const madeUpEmail = 'admin@shop.example';
const usedByOthers = new Set(['staging', 'prod']);

/**
 * Whose account is to be made; undefined when none is.
 * @throws Error when the options say both, or neither in a stage that needs a real address
 */
export function wantedAdmin(
  stage: string,
  { email, without }: { email?: string | undefined; without: boolean },
): string | undefined {
  if (without && email !== undefined) throw new Error('Give --admin-email or --without-admin, not both.');
  if (without) return undefined;
  if (email === undefined && usedByOthers.has(stage))
    throw new Error(
      `Whose account is made in ${stage}? Give --admin-email <address>, or --without-admin for the signing key alone.`,
    );
  return email ?? madeUpEmail;
}

const help = `npm run setup -- [--stage dev] [--admin-email ${madeUpEmail} | --without-admin] [--json]

Makes a deployed stage ready: makes the first key that signs access tokens, and the administrator's account, whose
password is printed once. Safe to repeat. (The databases are migrated by the deployment itself.)

  --stage          the stage that was deployed (default: dev)
  --admin-email    the administrator's address (default: ${madeUpEmail}; staging and prod have none)
  --without-admin  make the key only: where others read what is printed, as in a pipeline
  --json           print the result as JSON, and the steps to standard error

Region, credentials and endpoint come from the environment (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL …).`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      'admin-email': { type: 'string' },
      'without-admin': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const { stage } = values;
  const adminEmail = wantedAdmin(stage, { email: values['admin-email'], without: values['without-admin'] });
  const options = {
    lambda: new LambdaClient({}),
    stage,
    project,
    log: values.json ? console.error : console.log,
  };
  const result =
    adminEmail === undefined
      ? { signingKey: await makeSigningKey(options) }
      : await setUp({ ...options, adminEmail });
  if (values.json) return console.log(JSON.stringify(result, null, 2));
  if (!('admin' in result) || result.admin.password === undefined) return;
  const { email, password } = result.admin;
  console.log(`\nSign in as ${email} with the password\n  ${password}\nIt is not shown again.`);
}

if (import.meta.main)
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
