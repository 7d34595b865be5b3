import { randomUUID } from 'node:crypto';
import type { ShopClient } from '../../local/demo/client.ts';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  orderOf,
  type Product,
  placeOrder,
  type Stock,
  until,
} from '../../local/demo/errands.ts';
import { control, provider, providerFailures } from './support/control.ts';
import { chargesOf, intentsOf } from './support/payments.ts';
import { admin, visitor } from './support/shop.ts';

/** Longer than the longest visibility timeout (60 s, order-queue.fifo), after which a message comes back. */
const untilRedelivered = 100_000;

let boss: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  boss = await admin();
  customer = await visitor().register('Kill Survivor');
  await ensureCategory(boss, 'kitchen', 'Kitchen');
});
afterEach(async () => {
  await Promise.all([control.clearFaults(), provider(undefined)]);
});

const aProduct = (): Promise<Product> =>
  addProduct(boss, { name: `Pan ${randomUUID().slice(0, 4)}`, category: 'kitchen', cents: 3000, stock: 10 });
const one = ({ productId }: Product) => [{ productId, quantity: 1 }];
const underWay = async (rule: { kind: 'latency'; service: string; action: string; function: string }) => {
  await until(
    () => control.faults(),
    (faults) => faults.some((fault) => fault.function === rule.function && fault.hits > 0),
  );
};

/** The order ended as if nothing had happened: paid once, held and sold once, told once. */
async function expectOneOfEach(order: Order, product: Product): Promise<void> {
  await until(
    () => customer.call<Order>('GET', `/api/v1/orders/${order.id}`),
    ({ status }) => status === 'paid',
    untilRedelivered,
  );
  expect(await chargesOf(order.id)).toEqual([3000]);
  await until(
    () => boss.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
    ({ available, warehouses }) => available === 9 && warehouses.every(({ reserved }) => reserved === 0),
    untilRedelivered,
  );
  const { items } = await until(
    () =>
      customer.call<{ items: { orderId?: string; template: string; status: string }[] }>(
        'GET',
        '/api/v1/notifications',
      ),
    (page) => page.items.some(({ orderId, status }) => orderId === order.id && status === 'sent'),
    untilRedelivered,
  );
  expect(items.filter(({ orderId }) => orderId === order.id).map(({ template }) => template)).toEqual([
    'order-paid',
  ]);
}

describe('when every host is killed', () => {
  test('at three moments of three orders, and the provider fails a fourth, each still ends right', async () => {
    const [first, second, third, fourth] = await Promise.all([
      aProduct(),
      aProduct(),
      aProduct(),
      aProduct(),
    ]);

    // The provider answers the fourth order's charge with an error: its message comes back like those of killed hosts.
    await provider({ failNext: 1 });
    const failedOnce = await placeOrder(customer, one(fourth));
    await until(
      () => providerFailures(),
      (left) => left === 0,
    );

    // While the order is being placed: the stock is about to be held, nothing is written but the started request.
    const placing = {
      kind: 'latency',
      service: 'lambda',
      action: 'Invoke',
      function: 'shop-orders-local-place-order',
    } as const;
    await control.fault({ ...placing, count: 1, latencyMs: 1_500 });
    const key = randomUUID();
    const send = () => customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(first)), key });
    const cutOff = send();
    await underWay(placing);
    await control.killHosts();
    expect((await cutOff).status).toBe(502);
    // The client comes again with its key; the request may be taken up once its lease of 30 s has lapsed.
    const retried = until(send, ({ status }) => status === 201, untilRedelivered);
    await control.clearFaults();

    // While the card is being charged: the provider knows of the payment, nothing of it is written here.
    await provider({ latencyMs: 1_200 });
    const charged = await placeOrder(customer, one(second));
    await until(
      () => intentsOf(charged.id),
      (intents) => intents > 0,
    );
    await control.killHosts();
    await provider(undefined);

    // While the stock is being committed: the order is paid, the hold is not yet settled.
    const committing = {
      kind: 'latency',
      service: 'dynamodb',
      action: 'TransactWriteItems',
      function: 'shop-products-local-on-order-event',
    } as const;
    await control.fault({ ...committing, count: 1, latencyMs: 1_500 });
    const committed = await placeOrder(customer, one(third));
    await underWay(committing);
    await control.killHosts();
    await control.clearFaults();

    await expectOneOfEach(committed, third);
    await expectOneOfEach((await retried).body, first);
    await expectOneOfEach(charged, second);
    await expectOneOfEach(failedOnce, fourth);
  }, 240_000);

  test('the next request is answered', async () => {
    const killed = await control.killHosts();
    expect(killed.length).toBeGreaterThan(0);
    const placed = await placeOrder(customer, one(await aProduct()));
    await orderIn(customer, placed.id, 'paid');
  });
});
