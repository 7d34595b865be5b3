/**
 * The list itself. Loops and `test.each` tables go through it, because every rule holds for an empty list.
 * @throws Error when the list is empty
 */
export function nonEmpty<T>(list: readonly T[], what = 'the list to check'): T[] {
  if (list.length === 0) throw new Error(`${what} is empty: this test would check nothing`);
  return [...list];
}
