import { scheduleEvent } from '#shared/testing/queue.ts';
import { ensureCategory, orderIn, type Stock, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { newCustomer } from './support/customer.ts';
import { invoke } from './support/invoke.ts';
import { chargesOf } from './support/payments.ts';
import { admin } from './support/shop.ts';
import { anUnconfirmedOrder, paymentOf } from './support/unconfirmed.ts';

/** The payment deadline of half an hour, and a minute until the next schedule. */
const afterDeadlineMs = 31 * 60_000;

let adminClient: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Slow Payer');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});

// Runs on the local platform only: a schedule with a later time cancels every pending order.
test('an order that is not paid in time is cancelled: stock released, payment cancelled', async () => {
  const { order, product } = await anUnconfirmedOrder(adminClient, customer);
  await invoke('orders', 'expire-unpaid-orders', scheduleEvent(new Date(Date.now() + afterDeadlineMs)));
  const cancelled = await orderIn(customer, order.id, 'cancelled');
  expect(cancelled.cancellation?.reason).toBe('payment-overdue');
  await until(
    () => adminClient.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
    ({ available }) => available === 5,
  );
  await until(
    () => paymentOf(customer, order),
    ({ status }) => status === 'cancelled',
  );
  expect(await chargesOf(order.id)).toEqual([]);
});
