import { printTable } from '../../bench/measure.ts';
import type { Account } from '../emulator/account.ts';
import { type SupportLevel, supportOf } from '../emulator/type-support.ts';

/** The number of a stack's resources at each support level. */
export type StackCount = { stack: string; leftOutTypes: string[] } & Record<SupportLevel, number>;

/** Counts the resources of each stack in a region. @throws Error for types that type-support.ts does not list */
export async function countResources(account: Account): Promise<StackCount[]> {
  const unknown = new Set<string>();
  const counts: StackCount[] = [];
  for (const stack of await account.stacks()) {
    const count: StackCount = { stack, deployed: 0, stubbed: 0, leftOut: 0, leftOutTypes: [] };
    for (const { type } of await account.resourcesOf(stack)) {
      const level = supportOf(type);
      if (level) count[level] += 1;
      else unknown.add(type);
      if (level === 'leftOut') count.leftOutTypes.push(type);
    }
    counts.push(count);
  }
  if (unknown.size > 0)
    throw new Error(
      `Types missing from proofs/emulator/type-support.ts: ${[...unknown].toSorted().join(', ')}`,
    );
  return counts;
}

/** Prints a stage's counts with totals, and the number of resources of each type that is left out. */
export function printCounts(stage: string, counts: readonly StackCount[]): void {
  const sum = (level: SupportLevel) => counts.reduce((total, count) => total + count[level], 0);
  const total = {
    stack: 'total',
    deployed: sum('deployed'),
    stubbed: sum('stubbed'),
    leftOut: sum('leftOut'),
  };
  console.log(`\nResources of ${stage} on the emulator:`);
  printTable(
    [...counts, total].map(({ stack, deployed, stubbed, leftOut }) => ({
      stack,
      deployed,
      stubbed,
      'left out': leftOut,
    })),
  );
  const byType = Map.groupBy(
    counts.flatMap(({ leftOutTypes }) => leftOutTypes),
    (type) => type,
  );
  const numbers = [...byType].map(([type, all]) => `${type} ${all.length}`);
  console.log(`  left out: ${numbers.toSorted().join(', ')}`);
}
