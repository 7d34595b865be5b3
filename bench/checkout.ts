/**
 * The complete flow, place → paid, through the HTTP door, at 1, 8 and 32 customers, in both modes, beside the floor of
 * the same run: `npm run bench:checkout [-- seconds]`.
 */
import { prepareCheckout } from './checkout-load.ts';
import { measureFloor } from './floor.ts';
import { closedLoop, percentiles, printTable } from './measure.ts';
import { startShop } from './platform.ts';

const seconds = Number(process.argv[2] ?? 10);
const customerCounts = [1, 8, 32];

console.log(`The floor: bare engine calls, ${seconds} s each`);
const floor = await measureFloor(customerCounts, seconds);
printTable(floor);

for (const mode of ['several', 'single'] as const) {
  const shop = await startShop(mode);
  try {
    const checkout = await prepareCheckout(shop, 32);
    await closedLoop(8, { seconds: 4, count: 400 }, checkout.order);
    await checkout.settled();
    await fetch(`${shop.consoleUrl}/calls`, { method: 'DELETE' });
    const rows = [];
    let orders = 0;
    for (const customers of customerCounts) {
      const cpuBefore = shop.cpu();
      const started = performance.now();
      const { results, seconds: loaded } = await closedLoop(
        customers,
        { seconds, count: 50_000 },
        checkout.order,
      );
      await checkout.settled();
      const drained = (performance.now() - started) / 1000;
      orders += results.length;
      const placed = percentiles(results.map(({ placedMs }) => placedMs));
      const paid = percentiles(results.map(({ paidMs }) => paidMs));
      const bare = floor.find((line) => line.customers === customers)?.ordersPerSecond ?? Number.NaN;
      rows.push({
        customers,
        'orders/s': results.length / drained,
        '× floor': results.length / drained / bare,
        'paid/s in the loop': results.length / loaded,
        '201 p50': placed.p50,
        '201 p95': placed.p95,
        '201 p99': placed.p99,
        'paid p50': paid.p50,
        'paid p95': paid.p95,
        'paid p99': paid.p99,
        'CPU ms/order': ((shop.cpu() - cpuBefore) * 1000) / results.length,
      });
    }
    console.log(
      `\nCheckout, ${mode === 'several' ? 'several invocations at once per instance' : 'one invocation at a time per instance'} (orders/s until everything that follows is done; times in ms)`,
    );
    printTable(rows);
    const memory = shop.memory();
    console.log('\nMemory, MB');
    printTable([...memory, { name: 'together', mb: memory.reduce((sum, { mb }) => sum + mb, 0) }]);
    if (mode === 'several') await printCalls(shop.consoleUrl, orders);
    await checkout.stop();
  } finally {
    await shop.stop();
  }
}
process.exit(0);

/** Calls per order, by function and action, as the front door counted them. */
async function printCalls(consoleUrl: string, orders: number): Promise<void> {
  type Call = { function: string; service: string; operation: string; action: string; count: number };
  const { calls } = (await (await fetch(`${consoleUrl}/calls`)).json()) as { calls: Call[] };
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
