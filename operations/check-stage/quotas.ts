import { type Finding, missing, ok, warning } from './finding.ts';
import type { Warm } from './resource-counts.ts';

/** A quota that a new stage may exceed, by its code in Service Quotas. */
export type Quota = {
  name: string;
  service: string;
  code: string;
  /** The region in which the quota of a global service is stored. */
  region?: string;
};

/** A stage's use of a quota, counted in its templates, and the current use if it can be read. */
export type QuotaUse = { quota: Quota; needed: number; used?: number; limit: number };

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

/** The quota of each CloudFormation type. */
const quotaOfType: Record<string, QuotaName> = {
  'AWS::EC2::VPC': 'vpcs',
  'AWS::EC2::EIP': 'addresses',
  'AWS::RDS::DBInstance': 'databases',
  'AWS::RDS::DBProxy': 'proxies',
  'AWS::IAM::Role': 'roles',
};

/**
 * Concurrency that Lambda keeps unreserved; provisioned instances are added to it (Lambda, "Configuring provisioned
 * concurrency"). With less, one busy service blocks the others. A new account may have only 10 ("Lambda quotas"), a
 * regular one 1,000.
 */
const unreservedConcurrency = 100;
const regularConcurrency = '1,000';

/** The use of each quota by a stage's resources. */
export function quotaNeeds(types: readonly string[], warm: Warm): Record<QuotaName, number> {
  const needs: Record<QuotaName, number> = {
    concurrency: unreservedConcurrency + warm.least,
    vpcs: 0,
    addresses: 0,
    databases: 0,
    proxies: 0,
    roles: 0,
  };
  for (const type of types) {
    const quota = quotaOfType[type];
    if (quota !== undefined) needs[quota] += 1;
  }
  return needs;
}

/** Checks a quota against its current use. */
export function judgeQuota({ quota, needed, used, limit }: QuotaUse): Finding {
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

/** Checks the concurrency. If only autoscaling exceeds it, that causes cold starts but does not prevent a deployment. */
export function judgeConcurrency({ quota, needed, limit }: QuotaUse, { least, most }: Warm): Finding {
  const remedy = `ask for ${regularConcurrency}: Service Quotas → ${quota.service} → ${quota.code}`;
  if (limit < needed) return missing(quota.name, `${limit}, ${needed} needed`, remedy);
  const byUse = needed - least + most;
  return limit < byUse
    ? warning(quota.name, `${limit}, ${needed} needed, ${byUse} with full autoscaling`, remedy)
    : ok(quota.name, `${limit}, ${needed} needed`);
}
