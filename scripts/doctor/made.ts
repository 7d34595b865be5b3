import type { CompiledStack } from '../../local/deployment.ts';
import { linkStacks } from '../../local/template/exports.ts';

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
