import { randomUUID } from 'node:crypto';
import { addProduct, type Order, type Product, placeOrder, until } from '../../../client/shop-actions.ts';
import type { ShopClient } from '../../../client/shop-client.ts';

/** A payment as its payer sees it. */
export type Payment = { status: string; clientSecret?: string };

/** An order of one unit of a new product whose payment waits for the customer's confirmation (3-D Secure). */
export type Unconfirmed = { order: Order; product: Product; clientSecret: string };

/** The payment of an order. */
export const paymentOf = (payer: ShopClient, { id }: Order): Promise<Payment> =>
  payer.call('GET', `/api/v1/payments/${id}`);

/** Places an order with a card that needs a confirmation, and waits until it is requested. The stock was five. */
export async function anUnconfirmedOrder(
  adminClient: ShopClient,
  customer: ShopClient,
): Promise<Unconfirmed> {
  const product = await addProduct(adminClient, {
    name: `Kettle ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 4100,
    stock: 5,
  });
  const lines = [{ productId: product.productId, quantity: 1 }];
  const order = await placeOrder(customer, lines, 'pm_card_authenticationRequired');
  // Returns 404 until the payment is created.
  const path = `/api/v1/payments/${order.id}`;
  const { body } = await until(
    () => customer.send<Payment>('GET', path),
    ({ status, body: { status: payment } }) => status === 200 && payment === 'action-required',
  );
  return { order, product, clientSecret: body.clientSecret ?? '' };
}
