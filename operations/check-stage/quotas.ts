import { type Finding, missing, ok, warning } from './finding.ts';
import type { Warm } from './resource-counts.ts';

/** A quota that a new stage may exceed, by its code in Service Quotas. */
export type Quota = {
  name: string;
  service: string;
  code: string;
  /** The CloudFormation type that it limits. */
  type?: string;
  /** The region in which the quota of a global service is stored. */
  region?: string;
};

/** A stage's use of a quota, counted in its templates, and the current use if it can be read. */
export type QuotaUse = { quota: Quota; needed: number; used?: number; limit: number };

/** Codes as Service Quotas lists them (`aws service-quotas list-service-quotas --service-code …`). */
export const quotas = {
  concurrency: { name: 'Lambda: concurrent executions', service: 'lambda', code: 'L-B99A9384' },
  vpcs: { name: 'VPCs per region', service: 'vpc', code: 'L-F678F1CE', type: 'AWS::EC2::VPC' },
  addresses: { name: 'Elastic IP addresses', service: 'ec2', code: 'L-0263D0A3', type: 'AWS::EC2::EIP' },
  databases: {
    name: 'RDS: database instances',
    service: 'rds',
    code: 'L-7B6409FD',
    type: 'AWS::RDS::DBInstance',
  },
  proxies: { name: 'RDS: proxies', service: 'rds', code: 'L-D94C7EA3', type: 'AWS::RDS::DBProxy' },
  roles: {
    name: 'IAM: roles per account',
    service: 'iam',
    code: 'L-FE177D64',
    type: 'AWS::IAM::Role',
    region: 'us-east-1',
  },
} satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;

/**
 * Concurrency that Lambda keeps unreserved; provisioned instances are added to it (Lambda, "Configuring provisioned
 * concurrency"). With less, one busy service blocks the others. A new account may have only 10 ("Lambda quotas"), a
 * regular one 1,000.
 */
const unreservedConcurrency = 100;
const regularConcurrency = '1,000';

/** The use of a quota by a stage's resources. */
export const neededBy = ({ type }: Quota, types: readonly string[], warm: Warm): number =>
  type === undefined ? unreservedConcurrency + warm.least : types.filter((each) => each === type).length;

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
