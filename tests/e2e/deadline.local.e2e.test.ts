import { scheduleEvent } from '#shared/testing/queue.ts';
import { ensureCategory, orderIn, type Stock, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { invoke } from './support/invoke.ts';
import { chargesOf } from './support/payments.ts';
import { admin, visitor } from './support/shop.ts';
import { anUnconfirmedOrder, paymentOf } from './support/unconfirmed.ts';

/** The half hour that a customer has to pay, and the minute until it is seen. */
const afterDeadlineMs = 31 * 60_000;

let boss: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  boss = await admin();
  customer = await visitor().register('Slow Payer');
  await ensureCategory(boss, 'kitchen', 'Kitchen');
});

// Only for a shop of our own: the schedule of a later time ends every order that is pending now.
test('an order that is not paid in time is cancelled: stock back, and it can no longer be paid', async () => {
  const { order, product } = await anUnconfirmedOrder(boss, customer);
  await invoke('orders', 'expire-unpaid-orders', scheduleEvent(new Date(Date.now() + afterDeadlineMs)));
  const cancelled = await orderIn(customer, order.id, 'cancelled');
  expect(cancelled.cancellation?.reason).toBe('payment-overdue');
  await until(
    () => boss.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
    ({ available }) => available === 5,
  );
  await until(
    () => paymentOf(customer, order),
    ({ status }) => status === 'cancelled',
  );
  expect(await chargesOf(order.id)).toEqual([]);
});
