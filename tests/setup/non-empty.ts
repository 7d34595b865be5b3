/**
 * Returns the list. Loops and `test.each` tables use it, because a test over an empty list checks nothing.
 * @throws Error when the list is empty
 */
export function nonEmpty<T>(list: readonly T[], what = 'the list to check'): T[] {
  if (list.length === 0) throw new Error(`${what} is empty: this test would check nothing`);
  return [...list];
}
