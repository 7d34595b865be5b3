import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../build/stacks.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { prepareCheckout } from './checkout-load.ts';
import { closedLoop } from './measure.ts';
import { startShop } from './platform.ts';

/** What one order of two lines causes, from the place of it to the report: counted, per order. */
export const orderCalls = z.strictObject({
  measured: z.iso.date(),
  orders: z.int().positive(),
  /** Invocations of each function, by its name without project and stage. */
  invocations: z.record(z.string(), z.number().nonnegative()),
  /** AWS calls by function and operation: `orders-place-order sns:PublishBatch`. */
  calls: z.record(z.string(), z.number().nonnegative()),
});
export type OrderCalls = z.output<typeof orderCalls>;

/** Where the counts are kept, so that the costs can be printed without a shop at work. */
export const orderCallsFile = join(root, 'docs/order-calls.json');

/** Few customers, so that batches are no larger than an ordinary shop's: the dear case. */
const load = { customers: 2, seconds: 60, count: 200 };

/** Starts a shop with fresh data, places orders, and counts what they cause. Takes about a minute. */
export async function measureOrderCalls(today: string): Promise<OrderCalls> {
  const shop = await startShop('several');
  const checkout = await prepareCheckout(shop, load.customers);
  try {
    await closedLoop(load.customers, { seconds: 20, count: 10 }, checkout.order);
    await checkout.settled();
    const control = new ControlClient(shop.consoleUrl);
    const before = new Map(
      (await control.send('GET /state')).functions.map(({ name, invocations }) => [name, invocations]),
    );
    await control.send('DELETE /calls');
    const { results } = await closedLoop(load.customers, load, checkout.order);
    await checkout.settled();
    const { calls } = await control.send('GET /calls');
    const orders = results.length;
    const sums: Record<string, number> = {};
    for (const { function: name, service, operation, count } of calls) {
      const key = `${shortName(name)} ${service}:${operation}`;
      // A call that touches several tables is counted once for each: the largest is the number of calls.
      sums[key] = Math.max(sums[key] ?? 0, count);
    }
    const invocations = (await control.send('GET /state')).functions.map(
      ({ name, invocations: count }) => [shortName(name), count - (before.get(name) ?? 0)] as const,
    );
    const perOrder = (entries: readonly (readonly [string, number])[]) =>
      Object.fromEntries(
        entries
          .map(([name, count]) => [name, Math.round((count / orders) * 100) / 100] as const)
          .filter(([, count]) => count > 0)
          .toSorted(([one], [other]) => one.localeCompare(other)),
      );
    return {
      measured: today,
      orders,
      invocations: perOrder(invocations),
      calls: perOrder(Object.entries(sums)),
    };
  } finally {
    await checkout.stop();
    await shop.stop();
  }
}

/** `shop-orders-local-place-order` → `orders-place-order`. */
const shortName = (name: string): string => name.replace(/^shop-([a-z]+)-local-/, '$1-');
