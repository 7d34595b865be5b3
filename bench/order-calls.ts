/**
 * Counts the invocations, AWS calls, DynamoDB items and log bytes of one order with two lines, and writes them to
 * docs/order-calls.json, from which `npm run estimate:cost` computes costs: `node bench/order-calls.ts`. Starts a shop
 * with an empty data folder; takes a minute.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/stacks.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { countsPerOrder, dividedBy, shortFunctionName } from '../platform/control/counts-per-order.ts';
import { prepareCheckout } from './checkout-load.ts';
import { closedLoop } from './measure.ts';
import { startShop } from './measured-shop.ts';

/** Few customers, so that batches are no larger than in an ordinary shop, which is the expensive case. */
const load = { customers: 2, seconds: 60, count: 200 };
const warmUp = { seconds: 20, count: 10 };

const shop = await startShop('several');
const checkout = await prepareCheckout(shop, load.customers);
try {
  await closedLoop(load.customers, warmUp, checkout.order);
  await checkout.settled();
  const control = new ControlClient(shop);
  const invocations = async () =>
    new Map((await control.send('GET /state')).functions.map((each) => [each.name, each.invocations]));
  const before = await invocations();
  const logged = bytesIn(shop.logFolder);
  await control.send('DELETE /calls');
  const { results } = await closedLoop(load.customers, load, checkout.order);
  await checkout.settled();
  const invoked = [...(await invocations())].map(([name, count]): [string, number] => [
    shortFunctionName(name),
    count - (before.get(name) ?? 0),
  ]);
  const counts = {
    measured: new Date().toISOString().slice(0, 10),
    orders: results.length,
    invocations: dividedBy(results.length, invoked),
    ...countsPerOrder(await control.send('GET /calls'), results.length),
    logBytes: Math.round((bytesIn(shop.logFolder) - logged) / results.length),
  };
  writeFileSync(join(root, 'docs/order-calls.json'), `${JSON.stringify(counts, null, 2)}\n`);
  console.log(`Counted ${results.length} orders into docs/order-calls.json`);
} finally {
  await checkout.stop();
  await shop.stop();
}
process.exit(0);

/** The size of the files in a folder; none is long enough to be rotated. */
function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
