import type { CompiledStack, Json } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import type { AwsAccount, Caller } from './account.ts';
import { type Finding, missing, ok } from './finding.ts';

/** A bucket with a fixed name, and the stack that creates it. */
export type FixedBucket = { name: string; stack: string; logicalId: string; region: string };

/** The buckets of a stage with a fixed name in an account. */
export function fixedBuckets(stacks: CompiledStack[], region: string, accountId: string): FixedBucket[] {
  const place = { region, accountId, queueUrlBase: 'https://queues' };
  return linkStacks(stacks, place, {}).ordered.flatMap((values) =>
    values
      .activeResources()
      .filter(
        ([, { Type, Properties }]) => Type === 'AWS::S3::Bucket' && Properties?.['BucketName'] !== undefined,
      )
      .map(([logicalId]) => ({
        name: values.attribute(logicalId, 'ref', logicalId),
        stack: values.stack.name,
        logicalId,
        region: values.stack.region ?? region,
      })),
  );
}

/** Checks that no bucket of a failed deployment, of a removed stage or of another account has the name of a new one. */
export function judgeBuckets(found: readonly (FixedBucket & { exists: boolean; isOwn: boolean })[]): Finding {
  const check = 'bucket names';
  const taken = found.filter(({ exists, isOwn }) => exists && !isOwn);
  if (taken.length === 0) return ok(check, `${found.length} are free or the stage’s own`);
  return missing(
    check,
    `${taken.map(({ name }) => name).join(', ')} exist outside the stage’s stacks`,
    'delete them if a failed deployment left them, or docs/runbooks/removal.md, "Deploy again"',
  );
}

/** Looks for buckets with the names of the stage's. */
export async function checkBuckets(
  { stacks, region }: { stacks: CompiledStack[]; region: string },
  { accountId }: Caller,
  account: AwsAccount,
): Promise<Finding> {
  const buckets = fixedBuckets(stacks, region, accountId).map(async (bucket) => ({
    ...bucket,
    exists: await account.bucketExists(bucket.name, bucket.region),
    isOwn: (await account.createdBy(bucket.stack, bucket.logicalId, bucket.region)) === bucket.name,
  }));
  return judgeBuckets(await Promise.all(buckets));
}

/**
 * Checks SHOP_DISABLE_ROLLBACK: the first deployment of a stage with protected resources needs it, since a rollback could
 * not delete them and would leave their names taken; later deployments must roll back.
 */
export function judgeRollback({
  protectedCount,
  isDeployed,
  isDisabled,
}: {
  protectedCount: number;
  isDeployed: boolean;
  isDisabled: boolean;
}): Finding {
  const check = 'rollback';
  if (isDeployed)
    return isDisabled
      ? missing(check, 'disabled, although the stage is deployed', 'unset SHOP_DISABLE_ROLLBACK')
      : ok(check, 'a failed deployment is rolled back');
  return protectedCount > 0 && !isDisabled
    ? missing(
        check,
        `could not delete ${protectedCount} protected resources of a failed first deployment`,
        'export SHOP_DISABLE_ROLLBACK=true, for the first deployment only',
      )
    : ok(check, isDisabled ? 'disabled for the first deployment' : 'a failed deployment is rolled back');
}

/** Properties that make AWS refuse the deletion of a resource. */
const protections = ['DeletionProtection', 'DeletionProtectionEnabled'];

/** How many of the stage's resources cannot be deleted, so that CloudFormation cannot roll their creation back. */
export const protectedResources = (stacks: readonly CompiledStack[]): number =>
  stacks
    .flatMap(({ template }) => Object.values(template.Resources))
    .filter(({ Properties }) => isProtected(Properties ?? {})).length;

/** A global table has the property in each replica. */
function isProtected(value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(
    ([name, inner]) => (protections.includes(name) && String(inner) === 'true') || isProtected(inner),
  );
}
