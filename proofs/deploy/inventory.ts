import type { Account } from './account.ts';
import { fateOf, type TypeFate } from './types.ts';

/** How many resources of a stack met which fate on the emulator. */
export type StackCount = { stack: string; leftOutTypes: string[] } & Record<TypeFate, number>;

/**
 * Counts what became of the resources of each stack in an account's region. Throws with the types that nobody has
 * sorted (types.ts).
 */
export async function countResources(account: Account): Promise<StackCount[]> {
  const unknown = new Set<string>();
  const counts: StackCount[] = [];
  for (const stack of await account.stacks()) {
    const count: StackCount = { stack, deployed: 0, stubbed: 0, leftOut: 0, leftOutTypes: [] };
    for (const { type } of await account.resourcesOf(stack)) {
      const fate = fateOf(type);
      if (fate) count[fate] += 1;
      else unknown.add(type);
      if (fate === 'leftOut') count.leftOutTypes.push(type);
    }
    counts.push(count);
  }
  if (unknown.size > 0) {
    throw new Error(`Types that proofs/deploy/types.ts does not sort: ${[...unknown].sort().join(', ')}`);
  }
  return counts;
}

/** Prints a stage's counts as a table with a line of sums, and each type that is left out with its number. */
export function printCounts(stage: string, counts: readonly StackCount[]): void {
  const sum = (fate: TypeFate) => counts.reduce((total, count) => total + count[fate], 0);
  const all = { stack: 'all', deployed: sum('deployed'), stubbed: sum('stubbed'), leftOut: sum('leftOut') };
  const width = Math.max(...counts.map(({ stack }) => stack.length));
  console.log(`\nResources of ${stage} on the emulator:`);
  console.log(`  ${'stack'.padEnd(width)}  deployed  stubbed  left out`);
  for (const { stack, deployed, stubbed, leftOut } of [...counts, all]) {
    const cells = [String(deployed).padStart(8), String(stubbed).padStart(7), String(leftOut).padStart(8)];
    console.log(`  ${stack.padEnd(width)}  ${cells.join('  ')}`);
  }
  const types = counts.flatMap(({ leftOutTypes }) => leftOutTypes);
  const numbers = [...new Set(types)]
    .sort()
    .map((type) => `${type} ${types.filter((each) => each === type).length}`);
  console.log(`  left out: ${numbers.join(', ')}`);
}
