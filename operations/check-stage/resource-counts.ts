import type { CompiledStack } from '../../build/deployment.ts';
import { linkStacks } from '../../build/template/exports.ts';

/** Types that exist once per account, so those of every region count. */
const globalTypes = new Set(['AWS::IAM::Role']);

/** The type of each resource that a deployment creates in a region, including those that exist once per account. */
export function resourceTypes(stacks: CompiledStack[], region: string): string[] {
  const place = { region, accountId: '000000000000', queueUrlBase: 'https://queues' };
  return linkStacks(stacks, place, {}).ordered.flatMap((values) =>
    values
      .activeResources()
      .map(([, { Type }]) => Type)
      .filter((type) => (values.stack.region ?? region) === region || globalTypes.has(type)),
  );
}

/** Provisioned function instances: always (`least`), and with autoscaling (`most`). */
export type Warm = { least: number; most: number };

const aliasType = 'AWS::Lambda::Alias';
const scalingType = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** The provisioned instances of a stage in a region (`provisioned` in shared/serverless/stages.yml). */
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
