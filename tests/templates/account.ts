import { compileStacks } from '../../build/compile/compile-stacks.ts';
import { accountStack } from '../../build/compiled.ts';
import type { Json, TemplateResource } from '../../build/deployment.ts';
import { root } from '../../build/stacks.ts';
import { StackValues } from '../../build/template/stack-values.ts';
import { accountId, region } from './stage.ts';

/** The account's stack in one region, with parameters as an operator sets them. */
export type AccountStack = {
  /** The resources whose condition holds. */
  resources: Map<string, TemplateResource>;
  properties: (logicalId: string) => Record<string, Json>;
};

/** Compiles the account's stack for a region; the primary region is always `region` of stage.ts. */
export async function accountIn(own: string, parameters: Record<string, string> = {}): Promise<AccountStack> {
  const [compiled] = await compileStacks({ root, stage: 'prod', directories: [accountStack] });
  const stack = { ...compiled!, region: own };
  const place = { region: own, accountId, queueUrlBase: 'https://queues' };
  const values = new StackValues(stack, place, { PrimaryRegion: region, ...parameters }, (name) => {
    throw new Error(`the account's stack imports ${name}`);
  });
  const resources = new Map(values.activeResources());
  return {
    resources,
    properties: (logicalId) =>
      values.resolve(resources.get(logicalId)?.Properties ?? {}, logicalId) as Record<string, Json>,
  };
}
