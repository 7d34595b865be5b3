import { type Finding, missing, ok, warning } from './finding.ts';
import type { Warm } from './resource-counts.ts';

/** A limit of AWS that a new stage may meet, by its code in Service Quotas. */
export type Quota = {
  name: string;
  service: string;
  code: string;
  /** Quotas of global services are kept in this region. */
  region?: string;
};

/** What a stage takes of a quota, counted in its compiled templates, and what others have taken, where that can be asked. */
export type Need = { quota: Quota; needed: number; used?: number; limit: number };

/** Codes as Service Quotas lists them (`aws service-quotas list-service-quotas --service-code …`). */
export const quotas = {
  concurrency: { name: 'Lambda: concurrent executions', service: 'lambda', code: 'L-B99A9384' },
  vpcs: { name: 'VPCs per region', service: 'vpc', code: 'L-F678F1CE' },
  addresses: { name: 'Elastic IP addresses', service: 'ec2', code: 'L-0263D0A3' },
  databases: { name: 'RDS: database instances', service: 'rds', code: 'L-7B6409FD' },
  proxies: { name: 'RDS: proxies', service: 'rds', code: 'L-D94C7EA3' },
  roles: { name: 'IAM: roles per account', service: 'iam', code: 'L-FE177D64', region: 'us-east-1' },
} satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;

/** Which CloudFormation type takes one of which quota. */
const takenBy: Record<string, QuotaName> = {
  'AWS::EC2::VPC': 'vpcs',
  'AWS::EC2::EIP': 'addresses',
  'AWS::RDS::DBInstance': 'databases',
  'AWS::RDS::DBProxy': 'proxies',
  'AWS::IAM::Role': 'roles',
};

/**
 * What Lambda keeps for functions that have nothing of their own: instances that are always started come on top
 * (Lambda, "Configuring provisioned concurrency"). With fewer, one busy service leaves none for the others. A new
 * account starts with as little as 10 ("Lambda quotas"), where a regular one has 1,000.
 */
const forAllFunctions = 100;
const regularConcurrency = '1,000';

/** What the resources of a stage take of each quota. */
export function needsOf(types: readonly string[], warm: Warm): Record<QuotaName, number> {
  const needs: Record<QuotaName, number> = {
    concurrency: forAllFunctions + warm.least,
    vpcs: 0,
    addresses: 0,
    databases: 0,
    proxies: 0,
    roles: 0,
  };
  for (const type of types) {
    const quota = takenBy[type];
    if (quota !== undefined) needs[quota] += 1;
  }
  return needs;
}

/** Judges a quota by what is used of it already. A stage that stands already has taken its part. */
export function judgeQuota({ quota, needed, used, limit }: Need): Finding {
  const found = `${limit}, ${used === undefined ? '' : `${used} used, `}${needed} needed`;
  const enough = (used ?? 0) + needed;
  return limit >= enough
    ? ok(quota.name, found)
    : missing(
        quota.name,
        found,
        `ask for ${enough} or more: Service Quotas → ${quota.service} → ${quota.code}`,
      );
}

/** Judges how many invocations may run at once. Too few for what use may start costs cold starts, and no deployment. */
export function judgeConcurrency({ quota, needed, limit }: Need, { least, most }: Warm): Finding {
  const remedy = `ask for ${regularConcurrency}: Service Quotas → ${quota.service} → ${quota.code}`;
  if (limit < needed) return missing(quota.name, `${limit}, ${needed} needed`, remedy);
  const byUse = needed - least + most;
  return limit < byUse
    ? warning(quota.name, `${limit}, ${needed} needed, ${byUse} once every hot function is busy`, remedy)
    : ok(quota.name, `${limit}, ${needed} needed`);
}
