/**
 * Measures the complete flow, place → paid, through the HTTP API with 1, 8 and 32 customers in both modes, and the floor
 * next to each: `npm run bench:checkout [-- seconds] [several|single]`.
 */

import { ControlClient } from '../platform/control/control-client.ts';
import { countsPerOrder } from '../platform/control/counts-per-order.ts';
import { type Checkout, prepareCheckout } from './checkout-load.ts';
import { type FloorBench, type FloorResult, openFloor } from './floor.ts';
import { benchArguments, closedLoop, percentiles, printTable } from './measure.ts';
import { type MeasuredShop, startShop } from './measured-shop.ts';
import { finish } from './record.ts';

// Orders per second are counted until every event is processed, one or two seconds after the last order: a short run
// mostly measures that delay.
const seconds = Number(benchArguments[0] ?? 20);
const modes = (['several', 'single'] as const).filter((mode) =>
  [undefined, mode].includes(benchArguments[1] as never),
);
const customerCounts = [1, 8, 32];
/** V8 needs about a thousand orders to optimise: the first ones take twice the CPU. */
const warmUp = { seconds: 15, count: 1_000 };

type Row = Record<string, number>;

const floor = await openFloor();
for (const mode of modes) {
  const shop = await startShop(mode);
  const checkout = await prepareCheckout(shop, 32);
  try {
    await measureMode(mode, shop, checkout, floor);
  } finally {
    await checkout.stop();
    await shop.stop();
  }
}
await floor.stop();
finish('bench-checkout', 'npm run bench:checkout');

async function measureMode(
  mode: 'several' | 'single',
  shop: MeasuredShop,
  checkout: Checkout,
  bench: FloorBench,
): Promise<void> {
  await closedLoop(32, warmUp, checkout.order);
  await checkout.settled();
  await new ControlClient(shop).send('DELETE /calls');
  const rates: Row[] = [];
  const times: Row[] = [];
  const cpu: Row[] = [];
  let orders = 0;
  for (const customers of customerCounts) {
    // The floor before and after, because the speed of a shared machine varies.
    const before = await bench.measure(customers, seconds / 2);
    const run = await measureOrders(shop, checkout, customers);
    const after = await bench.measure(customers, seconds / 2);
    orders += run.orders;
    rates.push({ customers, ...ratesOf(run, before, after) });
    times.push({
      customers,
      ...percentileColumns('201', run.placedMs),
      ...percentileColumns('paid', run.paidMs),
    });
    cpu.push({ customers, ...run.cpuMs, 'load generator, not counted': run.loadCpuMs });
  }
  const memory = shop.memory();
  const invocations = mode === 'several' ? 'several invocations' : 'one invocation';
  const inMode = `${invocations} at a time per instance`;
  printTable(`Checkout, ${inMode}: orders/s until every event is processed`, rates);
  printTable(`Time until the 201 and until paid, ms, ${inMode}`, times);
  printTable(`CPU per order by part, ms, ${inMode}`, cpu);
  const total = { name: 'total', mb: memory.reduce((sum, { mb }) => sum + mb, 0) };
  printTable(`Memory (PSS), MB, ${inMode}`, [...memory, total]);
  if (mode === 'several') await printCalls(shop, orders);
}

function ratesOf(
  run: Awaited<ReturnType<typeof measureOrders>>,
  before: FloorResult,
  after: FloorResult,
): Row {
  const mean = (of: (result: FloorResult) => number) => (of(before) + of(after)) / 2;
  const floorRate = mean(({ ordersPerSecond }) => ordersPerSecond);
  const floorCpu = mean(({ cpuMsPerOrder }) => cpuMsPerOrder);
  const cpuMs = Object.values(run.cpuMs).reduce((sum, ms) => sum + ms, 0);
  return {
    'orders/s': run.ordersPerSecond,
    'floor/s': floorRate,
    '× floor': run.ordersPerSecond / floorRate,
    'CPU ms/order': cpuMs,
    'floor CPU': floorCpu,
    '× floor by CPU': floorCpu / cpuMs,
    'paid/s in the loop': run.paidPerSecond,
    '× floor, paid': run.paidPerSecond / mean(({ paidPerSecond }) => paidPerSecond),
  };
}

function percentileColumns(name: string, durationsMs: readonly number[]): Row {
  const { p50, p95, p99 } = percentiles(durationsMs);
  return { [`${name} p50`]: p50, [`${name} p95`]: p95, [`${name} p99`]: p99 };
}

async function measureOrders(shop: MeasuredShop, checkout: Checkout, customers: number) {
  const cpuBefore = shop.cpuByPart();
  const ownBefore = process.cpuUsage();
  const started = performance.now();
  const { results, seconds: loaded } = await closedLoop(
    customers,
    { seconds, count: 50_000 },
    checkout.order,
  );
  await checkout.settled();
  const drained = (performance.now() - started) / 1000;
  const cpuMs = shop.cpuMsPer(results.length, cpuBefore);
  const own = process.cpuUsage(ownBefore);
  return {
    orders: results.length,
    loadCpuMs: (own.user + own.system) / 1000 / results.length,
    ordersPerSecond: results.length / drained,
    paidPerSecond: results.length / loaded,
    placedMs: results.map(({ placedMs }) => placedMs),
    paidMs: results.map(({ paidMs }) => paidMs),
    cpuMs,
  };
}

/** Prints the AWS calls per order, by function and operation. */
async function printCalls(shop: MeasuredShop, orders: number): Promise<void> {
  const { calls } = countsPerOrder(await new ControlClient(shop).send('GET /calls'), orders);
  const rows = Object.entries(calls)
    .map(([key, count]) => {
      const [name = '', call = ''] = key.split(' ');
      return { function: name, call, 'per order': count };
    })
    .toSorted((a, b) => b['per order'] - a['per order']);
  printTable('AWS calls per order', rows);
  console.log(`total: ${rows.reduce((sum, row) => sum + row['per order'], 0).toFixed(2)}`);
}
