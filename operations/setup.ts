/**
 * Makes a deployed stage ready for its first request: `npm run setup -- --stage dev`. Safe to repeat: it adds what is
 * missing and changes nothing that is there.
 */
import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { project } from '../build/stacks.ts';
import { makeSigningKey, setUp } from '../client/set-up-stage.ts';

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
