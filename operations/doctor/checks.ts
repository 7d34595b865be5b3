import type { AwsAccount, StackState } from './account.ts';
import { type Finding, missing, ok, unknown, warning } from './finding.ts';
import { judgeConcurrency, judgeQuota, needsOf, type QuotaName, quotas } from './quotas.ts';
import type { Warm } from './resource-counts.ts';

/** What a preflight looks at: a stage, its settings, and the types of what is made in its region (made.ts). */
export type Plan = {
  stage: string;
  project: string;
  region: string;
  domain: string | undefined;
  /** The domain's zone, where it is not the stacks' own to make. */
  zoneId: string | undefined;
  mailDomain: string | undefined;
  types: readonly string[];
  /** Instances of functions that the stage keeps started there (made.ts). */
  warm: Warm;
  /** An account that the operator means; any will do when it is undefined. */
  accountId: string | undefined;
};

/** Twelve digits (AWS, "Account identifiers"). */
const rootArn = /^arn:aws[\w-]*:iam::\d{12}:root$/;

/**
 * Asks the account everything, side by side; a question without an answer is a finding of its own. Who may not even
 * sign in is told that alone.
 */
export async function checkAccount(plan: Plan, account: AwsAccount): Promise<Finding[]> {
  const caller = await checkCaller(plan, account);
  if (caller.outcome === 'missing') return [caller];
  const found = await Promise.all([
    answered('account stack', () => checkAccountStack(plan, account)),
    answered('stacks of the stage', async () => judgeStacks(plan, await account.stacks())),
    ...(Object.keys(quotas) as QuotaName[]).map((name) =>
      answered(quotas[name].name, () => checkQuota(name, plan, account)),
    ),
    answered('mail: recipients', async () =>
      (await account.mailsToAnybody())
        ? ok('mail: recipients', 'anybody')
        : (plan.stage === 'prod' ? missing : warning)(
            'mail: recipients',
            'the account is in SES’s sandbox: only verified addresses get mail',
            'SES → Account dashboard → Request production access',
          ),
    ),
    answered('mail: sender', () => checkSender(plan, account)),
    answered('domain', () => checkDomain(plan, account)),
  ]);
  return [caller, ...found];
}

async function answered(check: string, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    return unknown(check, error);
  }
}

async function checkCaller({ accountId }: Plan, account: AwsAccount): Promise<Finding> {
  try {
    const { account: found, arn } = await account.caller();
    if (accountId !== undefined && accountId !== found)
      return missing('account', `${found}, but --account says ${accountId}`, 'change AWS_PROFILE');
    return rootArn.test(arn)
      ? warning('account', `${found} as its root user`, 'deploy with a role: aws configure sso')
      : ok('account', `${found} as ${arn}`);
  } catch (error) {
    // Without credentials nothing else can be asked either: this one is not merely unknown.
    return missing('account', (error as Error).message, 'aws configure sso, or AWS_PROFILE=<profile>');
  }
}

async function checkAccountStack({ project, stage }: Plan, account: AwsAccount): Promise<Finding> {
  const stack = await account.stack(`${project}-account`);
  if (stack) return ok('account stack', stack.status);
  return (stage === 'prod' ? missing : warning)(
    'account stack',
    'not there: no audit trail, and no log of API Gateway',
    'cd resources/account && npx sls deploy (once per account and region)',
  );
}

/** A stack that CloudFormation gave up on refuses every deployment until it is removed or repaired. */
export function judgeStacks({ project, stage }: Plan, stacks: readonly StackState[]): Finding {
  const check = 'stacks of the stage';
  const mine = stacks.filter(({ name }) => name.startsWith(`${project}-`) && name.endsWith(`-${stage}`));
  const stuck = mine.filter(({ status }) => /FAILED$|^ROLLBACK_COMPLETE$|^REVIEW_IN_PROGRESS$/.test(status));
  if (stuck.length > 0)
    return missing(
      check,
      stuck.map(({ name, status }) => `${name} ${status}`).join(', '),
      'docs/runbooks/deployments.md, "A stack is stuck"',
    );
  const busy = mine.filter(({ status }) => status.endsWith('IN_PROGRESS'));
  if (busy.length > 0)
    return missing(check, `${busy.map(({ name }) => name).join(', ')} being changed`, 'wait for it');
  return ok(check, mine.length === 0 ? 'none yet' : `${mine.length}, to be updated`);
}

async function checkQuota(name: QuotaName, plan: Plan, account: AwsAccount): Promise<Finding> {
  const quota = quotas[name];
  const standing = await account.stack(`${plan.project}-network-${plan.stage}`);
  // What stands already has its part: only a first deployment takes more.
  const needed = standing && name !== 'concurrency' ? 0 : needsOf(plan.types, plan.warm)[name];
  if (name === 'concurrency')
    return judgeConcurrency({ quota, needed, limit: await account.concurrency() }, plan.warm);
  const limit = await account.quota(quota);
  if (name === 'vpcs') return judgeQuota({ quota, needed, limit, used: await account.vpcs() });
  if (name === 'addresses') return judgeQuota({ quota, needed, limit, used: await account.addresses() });
  return judgeQuota({ quota, needed, limit });
}

async function checkSender({ mailDomain, stage }: Plan, account: AwsAccount): Promise<Finding> {
  if (mailDomain === undefined)
    return warning('mail: sender', 'no SHOP_MAIL_DOMAIN', 'export SHOP_MAIL_DOMAIN=…');
  if (await account.mailsFrom(mailDomain)) return ok('mail: sender', `${mailDomain} is verified`);
  return (stage === 'prod' ? missing : warning)(
    'mail: sender',
    `${mailDomain} is not verified with SES`,
    `SES → Identities → Create identity → ${mailDomain}, and its DNS records`,
  );
}

/** Where the stack with the domain's zone is: beside CloudFront's parts (resources/edge-global). */
const zoneRegion = 'us-east-1';

async function checkDomain(plan: Plan, account: AwsAccount): Promise<Finding> {
  const { domain, zoneId, project, stage } = plan;
  if (domain === undefined) return ok('domain', 'none: addresses of AWS are used');
  const zones = await account.zonesOf(domain);
  const made =
    zones.length === 1 && zoneId === undefined
      ? await account.zoneMadeBy(`${project}-edge-global-${stage}`, zoneRegion)
      : undefined;
  return judgeZones(domain, zones, { wanted: zoneId, made });
}

/**
 * Whether the certificates of a domain can be proved in one of the account's zones: the one that the operator wants,
 * or the one that the stage's own stack made. A second zone of one name would answer to nobody.
 */
export function judgeZones(
  domain: string,
  zones: readonly string[],
  { wanted, made }: { wanted?: string | undefined; made?: string | undefined },
): Finding {
  const [zone] = zones;
  if (zones.length > 1)
    return missing(
      'domain',
      `${zones.length} zones ${domain}: stacks find theirs by its name`,
      'delete all but one',
    );
  if (zone !== undefined && zone === (wanted ?? made)) return ok('domain', `${domain} has the zone ${zone}`);
  if (wanted !== undefined)
    return missing(
      'domain',
      `SHOP_HOSTED_ZONE_ID names no zone ${domain}`,
      zone === undefined ? 'unset SHOP_HOSTED_ZONE_ID' : `export SHOP_HOSTED_ZONE_ID=${zone}`,
    );
  return zone === undefined
    ? warning(
        'domain',
        `no zone ${domain} yet: resources/edge-global makes it`,
        'delegate the domain to the zone’s name servers once it is there; certificates wait for that',
      )
    : missing(
        'domain',
        `${domain} has the zone ${zone}, and resources/edge-global would make another`,
        `export SHOP_HOSTED_ZONE_ID=${zone}`,
      );
}
