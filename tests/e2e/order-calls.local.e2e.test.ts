import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addProduct, ensureCategory, orderIn, placeOrder, until } from '../../client/shop-actions.ts';
import { readOrderCalls } from '../../operations/estimate-cost/order-calls.ts';
import { countsPerOrder, dividedBy, shortFunctionName } from '../../platform/control/counts-per-order.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { admin } from './support/shop.ts';

type Calls = Awaited<ReturnType<typeof control.calls>>;

/** docs/order-calls.json determines the cost estimate; a bench writes it, and it must not become stale. */
const orders = 8;
/** A message of an earlier test that failed is received again after its visibility timeout. */
const settleTimeoutMs = 90_000;
/** Batches share calls, and other tests' events arrive late: counts of an order vary by that factor, or are rare. */
const factor = 2;
const rare = 0.75;

test('an order causes the invocations, calls and writes that docs/order-calls.json records', async () => {
  const staff = await admin();
  const customer = await newCustomer('Counted Customer');
  await ensureCategory(staff, 'counted', 'Counted');
  const products = [];
  for (const name of ['One', 'Other'])
    products.push(
      await addProduct(staff, {
        name: `${name} ${randomUUID().slice(0, 4)}`,
        category: 'counted',
        cents: 900,
        stock: 500,
      }),
    );
  const lines = products.map(({ productId }) => ({ productId, quantity: 1 }));
  const order = async () => orderIn(customer, (await placeOrder(customer, lines)).id, 'paid');
  await order();
  await until(control.settled, Boolean, settleTimeoutMs);
  const before = { invocations: await control.invocations(), calls: await control.calls() };
  for (let count = 0; count < orders; count += 1) {
    await order();
    // One after the other, so that none shares a call with the next.
    await pause(100);
  }
  await until(control.settled, Boolean, settleTimeoutMs);
  const recorded = readOrderCalls();
  const scheduled = new Set((await control.scheduledFunctions()).map(shortFunctionName));
  const ofOrders = (name: string) => !scheduled.has(name) && !readers.test(name);
  const invocations = dividedBy(
    orders,
    [...(await control.invocations())]
      .map(([name, count]): [string, number] => [
        shortFunctionName(name),
        count - (before.invocations.get(name) ?? 0),
      ])
      .filter(([name]) => ofOrders(name)),
  );
  const { calls, items } = countsPerOrder({ calls: since(before.calls, await control.calls()) }, orders);
  const ofCallers = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).filter(([key]) => ofOrders(key.split(' ')[0] ?? '')));
  expect(differences(invocations, recorded.invocations)).toEqual([]);
  expect(differences(ofCallers(calls), recorded.calls)).toEqual([]);
  expect(differences(ofCallers(items), recorded.items)).toEqual([]);
}, 240_000);

/** What was counted after an earlier snapshot; the counts are not reset, because the least-privilege report needs them. */
function since(earlier: Calls, later: Calls): Calls {
  const keyOf = ({ function: name, operation, action, resource }: Calls[number]) =>
    [name, operation, action, resource].join(' ');
  const known = new Map(earlier.map((call) => [keyOf(call), call]));
  return later.map((call) => {
    const { count = 0, items = 0 } = known.get(keyOf(call)) ?? {};
    return { ...call, count: call.count - count, items: call.items - items };
  });
}

/** The test's own requests, which are not part of an order. */
const readers = /^(operator|orders-get-order|users-authorizer)$/;

/** Keys whose counts differ by more than the factor, in either direction. */
function differences(counted: Record<string, number>, recorded: Record<string, number>): string[] {
  const keys = new Set([...Object.keys(counted), ...Object.keys(recorded)]);
  expect(keys.size).toBeGreaterThan(5);
  return [...keys].flatMap((key) => {
    const [now, then] = [counted[key] ?? 0, recorded[key] ?? 0];
    const [least, most] = [Math.min(now, then), Math.max(now, then)];
    return most >= rare && most > factor * least ? [`${key}: ${now} instead of ${then} per order`] : [];
  });
}
