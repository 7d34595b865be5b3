import type { CallsSnapshot } from '../aws-endpoint/call-counts.ts';

/** `shop-orders-local-place-order` → `orders-place-order`. */
export const shortFunctionName = (name: string): string => name.replace(/^shop-([a-z]+)-[a-z]+-/, '$1-');

/** `…:table/shop-local-products-outbox/index/unsent-index` → `products-outbox`. */
export const shortTableName = (arn: string): string =>
  /(?:^|:table\/)shop-[a-z]+-([a-z-]+)(?:\/|$)/.exec(arn)?.[1] ?? arn;

/** What the AWS endpoint counted, divided by the number of orders, rounded to hundredths, without what rounds to 0. */
export function countsPerOrder(
  { calls }: Pick<CallsSnapshot, 'calls'>,
  orders: number,
): { calls: Record<string, number>; items: Record<string, number> } {
  const byOperation = new Map<string, number>();
  const byTable = new Map<string, number>();
  for (const { function: name, service, operation, resource, count, items } of calls) {
    const caller = shortFunctionName(name);
    const key = `${caller} ${service}:${operation}`;
    // A call that uses several tables is counted once per table: the largest count is the number of calls.
    byOperation.set(key, Math.max(byOperation.get(key) ?? 0, count));
    if (service !== 'dynamodb') continue;
    const table = `${caller} ${operation} ${shortTableName(resource)}`;
    byTable.set(table, (byTable.get(table) ?? 0) + items);
  }
  return { calls: dividedBy(orders, byOperation), items: dividedBy(orders, byTable) };
}

/** Counts per order by key, in the order of their keys. */
export const dividedBy = (orders: number, counts: Iterable<[string, number]>): Record<string, number> =>
  Object.fromEntries(
    [...counts]
      .map(([name, count]) => [name, Math.round((count / orders) * 100) / 100] as const)
      .filter(([, count]) => count > 0)
      .toSorted(([one], [other]) => one.localeCompare(other)),
  );
