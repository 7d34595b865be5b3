import { ensureCategory, type Order, orderIn, type Stock, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { answerBank, chargesOf } from './support/payments.ts';
import { admin, visitor } from './support/shop.ts';
import { anUnconfirmedOrder, paymentOf } from './support/unconfirmed.ts';

let boss: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  boss = await admin();
  customer = await visitor().register('Careful Payer');
  await ensureCategory(boss, 'kitchen', 'Kitchen');
});

describe('an order whose bank asks the customer', () => {
  test('is pending until the customer confirms, and then paid by the provider’s notice', async () => {
    const { order, clientSecret } = await anUnconfirmedOrder(boss, customer);
    const { status } = await customer.call<Order>('GET', `/api/v1/orders/${order.id}`);
    expect([status, await chargesOf(order.id)]).toEqual(['pending', []]);
    await answerBank(clientSecret, 'success');
    await orderIn(customer, order.id, 'paid');
    expect(await chargesOf(order.id)).toEqual([4100]);
    const payment = await paymentOf(customer, order);
    expect(payment).toMatchObject({ status: 'captured' });
    expect(payment).not.toHaveProperty('clientSecret');
  });

  test('is cancelled when the customer does not pass: stock back, no money taken', async () => {
    const { order, product, clientSecret } = await anUnconfirmedOrder(boss, customer);
    await answerBank(clientSecret, 'failure');
    const cancelled = await orderIn(customer, order.id, 'cancelled');
    expect(cancelled.cancellation?.reason).toBe('payment-failed');
    await until(
      () => boss.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
      ({ available }) => available === 5,
    );
    expect(await chargesOf(order.id)).toEqual([]);
  });

  test('shows the client secret to the customer alone', async () => {
    const { order } = await anUnconfirmedOrder(boss, customer);
    const seen = await paymentOf(boss, order);
    expect(seen).toMatchObject({ status: 'action-required' });
    expect(seen).not.toHaveProperty('clientSecret');
    await customer.call('POST', `/api/v1/orders/${order.id}/cancellation`);
  });
});
