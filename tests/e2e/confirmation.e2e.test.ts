import { ensureCategory, type Order, orderIn, type Stock, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { newCustomer } from './support/customer.ts';
import { chargesOf, confirmAtBank } from './support/payments.ts';
import { admin } from './support/shop.ts';
import { anUnconfirmedOrder, paymentOf } from './support/unconfirmed.ts';

let adminClient: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Careful Payer');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});

describe('an order whose payment the customer must confirm', () => {
  test('is pending until the customer confirms, and is then paid by the provider’s webhook', async () => {
    const { order, clientSecret } = await anUnconfirmedOrder(adminClient, customer);
    const { status } = await customer.call<Order>('GET', `/api/v1/orders/${order.id}`);
    expect([status, await chargesOf(order.id)]).toEqual(['pending', []]);
    await confirmAtBank(clientSecret, 'success');
    await orderIn(customer, order.id, 'paid');
    expect(await chargesOf(order.id)).toEqual([4100]);
    const payment = await paymentOf(customer, order);
    expect(payment).toMatchObject({ status: 'captured' });
    expect(payment).not.toHaveProperty('clientSecret');
  });

  test('is cancelled when the confirmation fails: stock released, nothing charged', async () => {
    const { order, product, clientSecret } = await anUnconfirmedOrder(adminClient, customer);
    await confirmAtBank(clientSecret, 'failure');
    const cancelled = await orderIn(customer, order.id, 'cancelled');
    expect(cancelled.cancellation?.reason).toBe('payment-failed');
    await until(
      () => adminClient.call<Stock>('GET', `/api/v1/inventory/${product.productId}`),
      ({ available }) => available === 5,
    );
    expect(await chargesOf(order.id)).toEqual([]);
  });

  test('shows the client secret to the customer alone', async () => {
    const { order } = await anUnconfirmedOrder(adminClient, customer);
    const seen = await paymentOf(adminClient, order);
    expect(seen).toMatchObject({ status: 'action-required' });
    expect(seen).not.toHaveProperty('clientSecret');
    await customer.call('POST', `/api/v1/orders/${order.id}/cancellation`);
  });
});
