/**
 * The complete flow, place → paid, through the HTTP API, at 1, 8 and 32 customers, in both modes, each beside the
 * floor of the same minute: `npm run bench:checkout [-- seconds] [several|single]`.
 */
import { ControlClient } from '../platform/control/control-client.ts';
import { type Checkout, prepareCheckout } from './checkout-load.ts';
import { type FloorBench, openFloor } from './floor.ts';
import { closedLoop, percentiles, printTable } from './measure.ts';
import { type MeasuredShop, startShop } from './platform.ts';

// An order counts when all that follows from it is done, which takes a second or two after the last one, whatever the
// length of the run: a short run measures that tail.
const seconds = Number(process.argv[2] ?? 20);
const modes = (['several', 'single'] as const).filter((mode) =>
  [undefined, mode].includes(process.argv[3] as never),
);
const customerCounts = [1, 8, 32];
/** Until V8 has compiled what is hot: the first hundreds of orders take twice the CPU of later ones. */
const warmUp = { seconds: 15, count: 1_000 };

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
process.exit(0);

async function measureMode(
  mode: 'several' | 'single',
  shop: MeasuredShop,
  checkout: Checkout,
  floor: FloorBench,
): Promise<void> {
  await closedLoop(32, warmUp, checkout.order);
  await checkout.settled();
  await new ControlClient(shop.consoleUrl).send('DELETE /calls');
  const rates = [];
  const times = [];
  const cpu = [];
  let orders = 0;
  for (const customers of customerCounts) {
    // Before and after, as a shared machine is not equally fast all the time.
    const before = await floor.measure(customers, seconds / 2);
    const run = await measureOrders(shop, checkout, customers);
    const after = await floor.measure(customers, seconds / 2);
    const bare = (before.ordersPerSecond + after.ordersPerSecond) / 2;
    const barePaid = (before.paidPerSecond + after.paidPerSecond) / 2;
    const bareCpu = (before.cpuMsPerOrder + after.cpuMsPerOrder) / 2;
    const cpuTotal = Object.values(run.cpuMs).reduce((sum, ms) => sum + ms, 0);
    orders += run.orders;
    rates.push({
      customers,
      'orders/s': run.ordersPerSecond,
      'floor/s': bare,
      '× floor': run.ordersPerSecond / bare,
      'CPU ms/order': cpuTotal,
      'floor CPU': bareCpu,
      '× floor by CPU': bareCpu / cpuTotal,
      'paid/s in the loop': run.paidPerSecond,
      '× floor, paid': run.paidPerSecond / barePaid,
    });
    const of = (name: string, { p50, p95, p99 }: ReturnType<typeof percentiles>) => ({
      [`${name} p50`]: p50,
      [`${name} p95`]: p95,
      [`${name} p99`]: p99,
    });
    times.push({
      customers,
      ...of('201', percentiles(run.placedMs)),
      ...of('paid', percentiles(run.paidMs)),
    });
    cpu.push({ customers, ...run.cpuMs, 'the load itself, not counted': run.loadCpuMs });
  }
  const memory = shop.memory();
  console.log(
    `\nCheckout, ${mode === 'several' ? 'several invocations at once per instance' : 'one invocation at a time per instance'}: orders/s until everything that follows is done`,
  );
  printTable(rates);
  console.log('\nUntil the 201 and until paid, ms');
  printTable(times);
  console.log('\nCPU per order by part, ms');
  printTable(cpu);
  console.log('\nMemory (PSS), MB');
  printTable([...memory, { name: 'together', mb: memory.reduce((sum, { mb }) => sum + mb, 0) }]);
  if (mode === 'several') await printCalls(shop.consoleUrl, orders);
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
  const cpuMs = Object.fromEntries(
    Object.entries(shop.cpuByPart()).map(([part, used]) => [
      part,
      ((used - (cpuBefore[part] ?? 0)) * 1000) / results.length,
    ]),
  );
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

/** Calls per order, by function and action, as the AWS endpoint counted them. */
async function printCalls(consoleUrl: string, orders: number): Promise<void> {
  const { calls } = await new ControlClient(consoleUrl).send('GET /calls');
  const sums = new Map<string, number>();
  for (const { function: name, service, operation, count } of calls) {
    const key = `${name} ${service}:${operation}`;
    // A call that touches several tables is counted once for each: the largest is the number of calls.
    sums.set(key, Math.max(sums.get(key) ?? 0, count));
  }
  const rows = [...sums]
    .map(([key, count]) => {
      const [name = '', action = ''] = key.split(' ');
      return { function: name, call: action, 'per order': count / orders };
    })
    .filter((row) => row['per order'] >= 0.005)
    .toSorted((a, b) => b['per order'] - a['per order']);
  console.log('\nAWS calls per order');
  printTable(rows);
  console.log(`together: ${rows.reduce((sum, row) => sum + row['per order'], 0).toFixed(2)}`);
}
