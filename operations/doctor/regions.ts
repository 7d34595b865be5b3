import type { CompiledStack } from '../../build/deployment.ts';
import { type Finding, missing, ok } from './finding.ts';

/** Whether a stage that has a copy of its databases in another region has it in another region. */
export function judgeRegions(stacks: readonly CompiledStack[], region: string): Finding {
  const copies = stacks.find(({ directory }) => directory === 'resources/standby-data');
  const isMade = Object.keys(copies?.parameters ?? {}).length > 0;
  if (!isMade) return ok('regions', `${region} alone`);
  if (copies?.region !== region) return ok('regions', `${region}, and ${copies?.region} as its standby`);
  return missing(
    'regions',
    `${region} is the first region, and its own standby`,
    'export SHOP_STANDBY_REGION=<another region>',
  );
}
