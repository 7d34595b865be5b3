import type { CompiledStack, Json } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';
import type { AwsAccount } from './account.ts';
import type { PinnedEngine } from './engine-versions.ts';
import { type Finding, missing, ok } from './finding.ts';

const check = 'engine versions';

const serviceOf: Record<string, PinnedEngine['service']> = {
  'AWS::RDS::DBInstance': 'rds',
  'AWS::ElastiCache::ReplicationGroup': 'elasticache',
};

/** The versions that a stage's templates pin; a replica has its source's. */
export function pinnedEngines(stacks: CompiledStack[], region: string): PinnedEngine[] {
  const place = { region, accountId: '000000000000', queueUrlBase: 'https://queues' };
  const pinned = new Map<string, PinnedEngine>();
  for (const values of linkStacks(stacks, place, {}).ordered)
    for (const [, { Type, Properties = {} }] of values.activeResources()) {
      const service = serviceOf[Type];
      const { Engine, EngineVersion } = Properties as { Engine?: Json; EngineVersion?: Json };
      if (service === undefined || EngineVersion === undefined) continue;
      const own = values.stack.region ?? region;
      const each = { service, engine: String(Engine), version: String(EngineVersion), region: own };
      pinned.set(Object.values(each).join(' '), each);
    }
  return [...pinned.values()];
}

/** Checks that AWS still creates a pinned version: it withdraws minor versions about a year after their release. */
export function judgeEngine({ engine, version, region }: PinnedEngine, offered: readonly string[]): Finding {
  if (offered.includes(version)) return ok(check, `${engine} ${version}`);
  const major = version.split('.')[0];
  const same = offered.filter((each) => each.split('.')[0] === major);
  return missing(
    check,
    `${region} creates no ${engine} ${version} any more; of ${engine} ${major} it creates ${same.join(', ') || 'none'}`,
    `change EngineVersion in resources/data to ${same.at(-1) ?? 'a version that AWS offers'}`,
  );
}

/** Checks every pinned version; returns the first problem. */
export async function checkEngines(
  { stacks, region }: { stacks: CompiledStack[]; region: string },
  account: AwsAccount,
): Promise<Finding> {
  const findings = await Promise.all(
    pinnedEngines(stacks, region).map(async (each) => judgeEngine(each, await account.engineVersions(each))),
  );
  const problem = findings.find(({ outcome }) => outcome !== 'ok');
  return problem ?? ok(check, findings.map(({ found }) => found).join(', ') || 'none pinned');
}
