/**
 * Prepares a deployed stage for its first request: `npm run setup -- --stage dev`. Safe to repeat: it creates what is
 * missing and changes nothing else.
 */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { project } from '../build/stacks.ts';
import { createSigningKey, setUp } from '../client/set-up-stage.ts';
import { runCommand, UsageError } from './command.ts';

/** Nobody receives mail at this address: sufficient for a private stage only. */
const placeholderEmail = 'admin@shop.example';
const sharedStages = new Set(['staging', 'prod']);

/**
 * The administrator's address; undefined when no account is created.
 * @throws UsageError for contradictory options, or a shared stage without a real address
 */
export function adminEmailOf(
  stage: string,
  { email, without }: { email?: string | undefined; without: boolean },
): string | undefined {
  if (without && email !== undefined)
    throw new UsageError('Give --admin-email or --without-admin, not both.');
  if (without) return undefined;
  if (email === undefined && sharedStages.has(stage))
    throw new UsageError(`${stage} needs --admin-email <address>, or --without-admin for the key alone.`);
  return email ?? placeholderEmail;
}

const help = `npm run setup -- [--stage dev] [--admin-email ${placeholderEmail} | --without-admin] [--json]

Creates the first key that signs access tokens and the administrator's account, whose password is printed once. Safe to
repeat. (The deployment itself migrates the databases.)

  --stage          the deployed stage (default: dev)
  --admin-email    the administrator's address (default: ${placeholderEmail}; required in staging and prod)
  --without-admin  create the key only, for example in a pipeline whose log others can read
  --json           print the result as JSON, and the steps to standard error

Region, credentials and endpoint come from the environment (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL …).`;

const options = {
  stage: { type: 'string', default: 'dev' },
  'admin-email': { type: 'string' },
  'without-admin': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

if (import.meta.main)
  await runCommand(help, options, async ({ stage, json, ...values }) => {
    const adminEmail = adminEmailOf(stage, {
      email: values['admin-email'],
      without: values['without-admin'],
    });
    const target = { lambda: new LambdaClient(), stage, project, log: json ? console.error : console.log };
    const { admin, ...rest } =
      adminEmail === undefined
        ? { admin: undefined, signingKey: await createSigningKey(target) }
        : await setUp({ ...target, adminEmail });
    if (json) console.log(JSON.stringify({ ...rest, ...(admin && { admin }) }, null, 2));
    else if (admin?.password !== undefined)
      console.log(
        `\nSign in as ${admin.email} with the password\n  ${admin.password}\nIt is not shown again.`,
      );
  });
