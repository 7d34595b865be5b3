/** The whole shop and its load in one process that measures a round per message: started by compare-checkout.ts. */
import { type Checkout, prepareCheckout } from './checkout-load.ts';
import { openFloor } from './floor.ts';
import { closedLoop, percentiles } from './measure.ts';
import { type MeasuredShop, startShop } from './measured-shop.ts';

/** One round to measure: `customers` place orders for `seconds`. */
export type RoundRequest = { customers: number; seconds: number };
/** `cpuMs` is per order, by part; `floor` is of the same minute. */
export type Round = {
  ordersPerSecond: number;
  placedP50Ms: number;
  cpuMs: Record<string, number>;
  floor: { ordersPerSecond: number; cpuMsPerOrder: number };
};

/** V8 needs about a thousand orders to optimise: the first ones take twice the CPU. */
const warmUp = { seconds: 20, count: 1_500 };

const floor = await openFloor();
const shop = await startShop('several');
const checkout = await prepareCheckout(shop, 32);
await closedLoop(32, warmUp, checkout.order);
await checkout.settled();
process.on('message', (request: RoundRequest) => {
  void measure(shop, checkout, request).then((round) => process.send?.(round));
});
process.on('disconnect', () => {
  void Promise.all([checkout.stop(), floor.stop()])
    .then(() => shop.stop())
    .then(() => process.exit(0));
});
process.send?.('ready');

async function measure(
  { cpuByPart, cpuMsPer }: MeasuredShop,
  { order, settled }: Checkout,
  { customers, seconds }: RoundRequest,
): Promise<Round> {
  const bare = await floor.measure(customers, seconds / 2);
  const before = cpuByPart();
  const started = performance.now();
  const { results } = await closedLoop(customers, { seconds, count: 50_000 }, order);
  await settled();
  const elapsed = (performance.now() - started) / 1000;
  return {
    ordersPerSecond: results.length / elapsed,
    placedP50Ms: percentiles(results.map(({ placedMs }) => placedMs)).p50,
    cpuMs: cpuMsPer(results.length, before),
    floor: bare,
  };
}
