import { printTable } from '../../bench/measure.ts';
import type { Account } from '../emulator/account.ts';
import { type SupportLevel, supportOf } from '../emulator/type-support.ts';

/** The number of a stack's resources at each support level. */
export type StackCount = { stack: string; leftOutTypes: string[] } & Record<SupportLevel, number>;

const levels = ['deployed', 'stubbed', 'left-out'] as const;

/** Counts the resources of each stack in a region. @throws Error for types that the table of types does not list */
export async function countResources(account: Account): Promise<StackCount[]> {
  const unknown = new Set<string>();
  const counts: StackCount[] = [];
  for (const stack of await account.stacks()) {
    const count: StackCount = { stack, deployed: 0, stubbed: 0, 'left-out': 0, leftOutTypes: [] };
    for (const { type } of await account.resourcesOf(stack)) {
      const level = supportOf(type);
      if (level) count[level] += 1;
      else unknown.add(type);
      if (level === 'left-out') count.leftOutTypes.push(type);
    }
    counts.push(count);
  }
  if (unknown.size > 0)
    throw new Error(
      `Types missing from build/template/resource-types.yml: ${[...unknown].toSorted().join(', ')}`,
    );
  return counts;
}

/** Prints a stage's counts with totals, and the number of resources of each type that is left out. */
export function printCounts(stage: string, counts: readonly StackCount[]): void {
  const total = levels.map((level) => [level, counts.reduce((sum, count) => sum + count[level], 0)]);
  printTable(`Resources of ${stage} on the emulator`, [
    ...counts.map(({ leftOutTypes: _, ...count }) => count),
    { stack: 'total', ...Object.fromEntries(total) },
  ]);
  const byType = Map.groupBy(
    counts.flatMap(({ leftOutTypes }) => leftOutTypes),
    (type) => type,
  );
  const numbers = [...byType].map(([type, all]) => `${type} ${all.length}`);
  console.log(`  left out: ${numbers.toSorted().join(', ')}`);
}
