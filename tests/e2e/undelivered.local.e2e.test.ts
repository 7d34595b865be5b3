import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  orderIn,
  placeOrder,
  type Stock,
  until,
} from '../../client/shop-actions.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { admin } from './support/shop.ts';

const subscribers = [
  {
    queue: 'shop-local-stock-queue.fifo',
    undelivered: 'shop-local-stock-queue-order-events-undelivered.fifo',
  },
  {
    queue: 'shop-local-notification-queue',
    undelivered: 'shop-local-notification-queue-order-events-undelivered.fifo',
  },
];
afterEach(() => control.clearFaults());

test('events that SNS cannot deliver wait in the dead-letter queue of their subscription, and a redrive delivers them', async () => {
  const adminClient = await admin();
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
  const name = `Jar ${randomUUID().slice(0, 4)}`;
  const { productId } = await addProduct(adminClient, { name, category: 'kitchen', cents: 2500, stock: 10 });
  const reserved = async () =>
    (await adminClient.call<Stock>('GET', `/api/v1/inventory/${productId}`)).warehouses.reduce(
      (sum, warehouse) => sum + warehouse.reserved,
      0,
    );
  const customer = await newCustomer('Undelivered');
  for (const { queue } of subscribers) await control.fault({ kind: 'undeliverable', queue });

  // Other subscribers of the same topic are not affected: the order is paid.
  const order = await placeOrder(customer, [{ productId, quantity: 1 }]);
  await orderIn(customer, order.id, 'paid');
  for (const { undelivered } of subscribers)
    await until(
      () => control.queue(undelivered),
      (queue) => (queue?.ready ?? 0) >= 1,
    );
  // The outbox has marked the events as sent, and they have had no effect.
  expect(await reserved()).toBe(1);
  expect(JSON.stringify(await control.mails())).not.toContain(order.number);

  await control.clearFaults();
  for (const { undelivered } of subscribers)
    expect((await control.redrive(undelivered)).moved).toBeGreaterThanOrEqual(1);
  await until(reserved, (count) => count === 0);
  await until(control.mails, (mails) => JSON.stringify(mails).includes(order.number));
  for (const { undelivered } of subscribers)
    expect(await control.queue(undelivered)).toMatchObject({ ready: 0, inFlight: 0 });
}, 60_000);
