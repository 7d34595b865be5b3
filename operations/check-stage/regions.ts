import type { CompiledStack } from '../../build/deployment.ts';
import { type Finding, missing, ok } from './finding.ts';

/** Checks that a stage's standby is in another region. */
export function judgeRegions(stacks: readonly CompiledStack[], region: string): Finding {
  const copies = stacks.find(({ directory }) => directory === 'resources/standby-data');
  const hasStandby = Object.keys(copies?.parameters ?? {}).length > 0;
  if (!hasStandby) return ok('regions', `${region} only`);
  if (copies?.region !== region) return ok('regions', `${region}, and ${copies?.region} as its standby`);
  return missing(
    'regions',
    `${region} is both the primary and the standby region`,
    'export SHOP_STANDBY_REGION=<another region>',
  );
}
