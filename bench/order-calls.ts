/**
 * Counts the invocations and AWS calls of one order with two lines, and writes them to docs/order-calls.json, from which
 * `npm run estimate:cost` computes costs: `node bench/order-calls.ts`. Starts a shop with an empty data folder; takes a minute.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/stacks.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { callCounts } from './call-counts.ts';
import { prepareCheckout } from './checkout-load.ts';
import { closedLoop } from './measure.ts';
import { startShop } from './measured-shop.ts';

/** Few customers, so that batches are no larger than in an ordinary shop, which is the expensive case. */
const load = { customers: 2, seconds: 60, count: 200 };
const warmUp = { seconds: 20, count: 10 };

/** `shop-orders-local-place-order` → `orders-place-order`. */
const shortName = (name: string): string => name.replace(/^shop-([a-z]+)-local-/, '$1-');

const perOrder = (counts: Iterable<[string, number]>, orders: number): Record<string, number> =>
  Object.fromEntries(
    [...counts]
      .map(([name, count]) => [shortName(name), Math.round((count / orders) * 100) / 100] as const)
      .filter(([, count]) => count > 0)
      .toSorted(([one], [other]) => one.localeCompare(other)),
  );

const shop = await startShop('several');
const checkout = await prepareCheckout(shop, load.customers);
try {
  await closedLoop(load.customers, warmUp, checkout.order);
  await checkout.settled();
  const control = new ControlClient(shop.consoleUrl);
  const invocations = async () =>
    new Map((await control.send('GET /state')).functions.map((each) => [each.name, each.invocations]));
  const before = await invocations();
  await control.send('DELETE /calls');
  const { results } = await closedLoop(load.customers, load, checkout.order);
  await checkout.settled();
  const invoked = [...(await invocations())].map(([name, count]): [string, number] => [
    name,
    count - (before.get(name) ?? 0),
  ]);
  const counts = {
    measured: new Date().toISOString().slice(0, 10),
    orders: results.length,
    invocations: perOrder(invoked, results.length),
    calls: perOrder(await callCounts(shop.consoleUrl), results.length),
  };
  writeFileSync(join(root, 'docs/order-calls.json'), `${JSON.stringify(counts, null, 2)}\n`);
  console.log(`Counted ${results.length} orders into docs/order-calls.json`);
} finally {
  await checkout.stop();
  await shop.stop();
}
process.exit(0);
