import type { CompiledStack } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';

/** Kept once per account, so that every region's count. */
const oncePerAccount = new Set(['AWS::IAM::Role']);

/**
 * The type of each resource that a deployment makes in a region, and of those that an account has once. What a
 * condition leaves out is not made, and what the second region gets takes nothing of the first one's quotas.
 */
export function madeTypes(stacks: CompiledStack[], region: string): string[] {
  const place = { region, accountId: '000000000000', queueUrlBase: 'https://queues' };
  return linkStacks(stacks, place, {}).ordered.flatMap((values) =>
    values
      .activeResources()
      .map(([, { Type }]) => Type)
      .filter((type) => (values.stack.region ?? region) === region || oncePerAccount.has(type)),
  );
}

/** Instances of functions that are always started (`least`), and that use may start (`most`). */
export type Warm = { least: number; most: number };

const aliasType = 'AWS::Lambda::Alias';
const scalingType = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** The instances that a stage keeps started in a region (`provisioned` in shared/serverless/stages.yml). */
export function warmInstances(stacks: CompiledStack[], region: string): Warm {
  const warm = { least: 0, most: 0 };
  for (const { template, region: own = region } of stacks) {
    if (own !== region) continue;
    for (const { Type, Properties = {} } of Object.values(template.Resources)) {
      const { ProvisionedConcurrencyConfig: kept } = Properties as {
        ProvisionedConcurrencyConfig?: { ProvisionedConcurrentExecutions?: number };
      };
      if (Type === aliasType) warm.least += kept?.ProvisionedConcurrentExecutions ?? 0;
      if (Type === scalingType && Properties['ServiceNamespace'] === 'lambda')
        warm.most += Number(Properties['MaxCapacity']);
    }
  }
  return warm;
}
