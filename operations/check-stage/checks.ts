import type { CompiledStack } from '../../build/deployment.ts';
import type { AwsAccount, Caller, StackState } from './account.ts';
import { checkBoundary, checkProvider, type DeliverySettings } from './delivery.ts';
import { checkEngines } from './engines.ts';
import { type Finding, missing, neededInProd, ok, unknown, warning } from './finding.ts';
import { checkBuckets, judgeRollback, protectedResources } from './leftovers.ts';
import { judgeConcurrency, judgeQuota, neededBy, type QuotaName, quotas } from './quotas.ts';
import type { Warm } from './resource-counts.ts';
import { checkZones } from './zones.ts';

/** What is checked: a stage, its settings, and its resources (resource-counts.ts). */
export type Plan = {
  stage: string;
  project: string;
  region: string;
  domain: string | undefined;
  /** The domain's hosted zone, unless the stacks create it. */
  zoneId: string | undefined;
  mailDomain: string | undefined;
  stacks: CompiledStack[];
  types: readonly string[];
  /** Provisioned function instances. */
  warm: Warm;
  /** The expected account; any if undefined. */
  accountId: string | undefined;
  delivery: DeliverySettings;
  /** SHOP_DISABLE_ROLLBACK. */
  isRollbackDisabled: boolean;
};

/** Twelve digits (AWS, "Account identifiers"). */
const rootArn = /^arn:aws[\w-]*:iam::\d{12}:root$/;

/** Runs all checks concurrently; one that fails to run is a finding too. Without credentials, that is the only finding. */
export async function checkAccount(plan: Plan, account: AwsAccount): Promise<Finding[]> {
  const { caller, finding } = await checkCaller(plan, account);
  if (caller === undefined) return [finding];
  const stacks = account.stacks();
  const checks: [name: string, check: () => Promise<Finding>][] = [
    ['account stack', async () => judgeAccountStack(plan, await stacks)],
    ['access logs', () => checkAccessLogs(account)],
    ['permissions boundary', () => checkBoundary(plan, caller, account)],
    ['delivery provider', () => checkProvider(plan, caller, account)],
    ['stacks of the stage', async () => judgeStacks(plan, await stacks)],
    ['bucket names', () => checkBuckets(plan, caller, account)],
    ['availability zones', () => checkZones(plan, account)],
    ['engine versions', () => checkEngines(plan, account)],
    ['rollback', async () => checkRollback(plan, await stacks)],
    ...(Object.keys(quotas) as QuotaName[]).map((name): [string, () => Promise<Finding>] => [
      quotas[name].name,
      async () => checkQuota(name, plan, account, await stacks),
    ]),
    ['mail: recipients', () => checkRecipients(plan, account)],
    ['mail: sender', () => checkSender(plan, account)],
    ['domain', () => checkDomain(plan, account)],
  ];
  const found = checks.map(([name, check]) => check().catch((error: unknown) => unknown(name, error)));
  return [finding, ...(await Promise.all(found))];
}

async function checkCaller(
  { accountId }: Plan,
  account: AwsAccount,
): Promise<{ caller?: Caller; finding: Finding }> {
  try {
    const { account: found, arn } = await account.caller();
    if (accountId !== undefined && accountId !== found)
      return {
        finding: missing('account', `${found}, but --account says ${accountId}`, 'change AWS_PROFILE'),
      };
    const finding = rootArn.test(arn)
      ? warning('account', `${found} as its root user`, 'deploy with a role: aws configure sso')
      : ok('account', `${found} as ${arn}`);
    return { caller: { partition: arn.split(':')[1] ?? 'aws', accountId: found }, finding };
  } catch (error) {
    // Without credentials no other check can run, so this is a missing requirement.
    const remedy = 'aws configure sso, or AWS_PROFILE=<profile>';
    return { finding: missing('account', (error as Error).message, remedy) };
  }
}

function checkRollback(plan: Plan, stacks: readonly StackState[]): Finding {
  // Compose deploys this stack last.
  const last = stacks.find(({ name }) => name === `${plan.project}-observability-${plan.stage}`);
  return judgeRollback({
    protectedCount: protectedResources(plan.stacks),
    isDeployed: last?.status.endsWith('_COMPLETE') ?? false,
    isDisabled: plan.isRollbackDisabled,
  });
}

function judgeAccountStack({ project, stage }: Plan, stacks: readonly StackState[]): Finding {
  const stack = stacks.find(({ name }) => name === `${project}-account`);
  if (stack) return ok('account stack', stack.status);
  return neededInProd(stage)(
    'account stack',
    'not deployed here: no audit trail and no API Gateway logs',
    'cd resources/account && npx sls deploy (once per account and region, as an administrator)',
  );
}

/** Without the role API Gateway refuses the stage's access log, at the end of each service's deployment. */
async function checkAccessLogs(account: AwsAccount): Promise<Finding> {
  if (await account.writesAccessLogs()) return ok('access logs', 'API Gateway has a role to write them');
  return missing(
    'access logs',
    'API Gateway has no role in this region with which it writes logs',
    'deploy resources/account with SHOP_ACCOUNT_API_GATEWAY_LOGS=true',
  );
}

/** A stack in a failed state rejects every deployment until it is removed or repaired. */
export function judgeStacks({ project, stage }: Plan, stacks: readonly StackState[]): Finding {
  const check = 'stacks of the stage';
  const ofStage = stacks.filter(({ name }) => name.startsWith(`${project}-`) && name.endsWith(`-${stage}`));
  const stuck = ofStage.filter(({ status }) =>
    /FAILED$|^ROLLBACK_COMPLETE$|^REVIEW_IN_PROGRESS$/.test(status),
  );
  if (stuck.length > 0)
    return missing(
      check,
      stuck.map(({ name, status }) => `${name} ${status}`).join(', '),
      'docs/runbooks/deployments.md, "A stack is stuck"',
    );
  const busy = ofStage.filter(({ status }) => status.endsWith('IN_PROGRESS'));
  if (busy.length > 0)
    return missing(
      check,
      `${busy.map(({ name }) => name).join(', ')} in progress`,
      'wait until it has finished',
    );
  return ok(check, ofStage.length === 0 ? 'none yet' : `${ofStage.length}, to be updated`);
}

async function checkQuota(
  name: QuotaName,
  { project, stage, types, warm }: Plan,
  account: AwsAccount,
  stacks: readonly StackState[],
): Promise<Finding> {
  const quota = quotas[name];
  if (name === 'concurrency')
    return judgeConcurrency(
      { quota, needed: neededBy(quota, types, warm), limit: await account.concurrency() },
      warm,
    );
  // Only the first deployment increases the use.
  const isDeployed = stacks.some((stack) => stack.name === `${project}-network-${stage}`);
  const needed = isDeployed ? 0 : neededBy(quota, types, warm);
  const limit = await account.quota(quota);
  if (name !== 'vpcs' && name !== 'addresses') return judgeQuota({ quota, needed, limit });
  return judgeQuota({ quota, needed, limit, used: await account[name]() });
}

async function checkRecipients({ stage }: Plan, account: AwsAccount): Promise<Finding> {
  if (await account.mailsToAnybody()) return ok('mail: recipients', 'anybody');
  return neededInProd(stage)(
    'mail: recipients',
    'the account is in the SES sandbox: only verified addresses receive mail',
    'SES → Account dashboard → Request production access',
  );
}

async function checkSender({ mailDomain, stage }: Plan, account: AwsAccount): Promise<Finding> {
  if (mailDomain === undefined)
    return warning('mail: sender', 'no SHOP_MAIL_DOMAIN', 'export SHOP_MAIL_DOMAIN=…');
  if (await account.mailsFrom(mailDomain)) return ok('mail: sender', `${mailDomain} is verified`);
  return neededInProd(stage)(
    'mail: sender',
    `${mailDomain} is not verified with SES`,
    `SES → Identities → Create identity → ${mailDomain}, and its DNS records`,
  );
}

/** The region of the stack that creates the hosted zone (resources/edge-global). */
const zoneRegion = 'us-east-1';

async function checkDomain(plan: Plan, account: AwsAccount): Promise<Finding> {
  const { domain, zoneId, project, stage } = plan;
  if (domain === undefined) return ok('domain', 'none: AWS’s addresses are used');
  const zones = await account.zonesOf(domain);
  const created =
    zones.length === 1 && zoneId === undefined
      ? await account.createdBy(`${project}-edge-global-${stage}`, 'Zone', zoneRegion)
      : undefined;
  return judgeZones(domain, zones, { wanted: zoneId, created });
}

/**
 * Checks that the certificates of a domain can be validated in the account's only hosted zone for it: the one that the
 * operator names, or the one that the stage's stack created. The registrar delegates to one zone only.
 */
export function judgeZones(
  domain: string,
  zones: readonly string[],
  { wanted, created }: { wanted?: string | undefined; created?: string | undefined },
): Finding {
  const [zone] = zones;
  if (zones.length > 1)
    return missing(
      'domain',
      `${zones.length} zones ${domain}: stacks find the zone by its name`,
      'delete all but one',
    );
  if (zone !== undefined && zone === (wanted ?? created))
    return ok('domain', `${domain} has the zone ${zone}`);
  if (wanted !== undefined)
    return missing(
      'domain',
      `SHOP_HOSTED_ZONE_ID is not a zone of ${domain}`,
      zone === undefined ? 'unset SHOP_HOSTED_ZONE_ID' : `export SHOP_HOSTED_ZONE_ID=${zone}`,
    );
  return zone === undefined
    ? warning(
        'domain',
        `no zone ${domain} yet: resources/edge-global creates it`,
        'delegate the domain to the zone’s name servers once it exists; certificates wait for that',
      )
    : missing(
        'domain',
        `${domain} has the zone ${zone}, and resources/edge-global would create another`,
        `export SHOP_HOSTED_ZONE_ID=${zone}`,
      );
}
