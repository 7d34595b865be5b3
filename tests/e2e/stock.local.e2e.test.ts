import { randomUUID } from 'node:crypto';
import { OrderPaid } from '#shared/events/orders.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { scheduleEvent, sqsEvent } from '#shared/testing/queue.ts';
import { cutOut } from '../../client/demo/pictures.ts';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  type Product,
  placeOrder,
  type Stock,
  until,
  uploadPicture,
} from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { invoke } from './support/invoke.ts';
import { admin, visitor } from './support/shop.ts';

let adminClient: ShopClient;
let customer: ShopClient & { userId: string };

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Stock Watcher');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});
afterEach(() => control.clearFaults());

const aProduct = (stock: number): Promise<Product> =>
  addProduct(adminClient, {
    name: `Pan ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 2500,
    stock,
  });
const stockOf = ({ productId }: Product) => adminClient.call<Stock>('GET', `/api/v1/inventory/${productId}`);

/** Delivers the event that an order was paid with these lines, whether they were reserved or not. */
const deliverPaid = (order: Order, pieces: [Product, number][]) =>
  invoke(
    'products',
    'on-order-event',
    sqsEvent(
      anEvent(OrderPaid, {
        orderId: order.id,
        userId: customer.userId,
        orderNumber: order.number,
        totalCents: order.totalCents,
        currency: 'EUR',
        paymentId: randomUUID(),
        lines: pieces.map(([{ productId, name }, quantity]) => ({
          productId,
          name,
          quantity,
          unitPriceCents: 2500,
        })),
      }),
    ),
  );

test('a paid order without its reservation takes available stock; without any it is cancelled and all stock is released', async () => {
  const [reservedProduct, lost] = [await aProduct(9), await aProduct(2)];
  const order = await placeOrder(customer, [{ productId: reservedProduct.productId, quantity: 1 }]);
  await orderIn(customer, order.id, 'paid');
  await until(
    () => stockOf(reservedProduct),
    ({ available, warehouses }) => available === 8 && warehouses.every(({ reserved }) => reserved === 0),
  );
  await deliverPaid(order, [
    [reservedProduct, 1],
    [lost, 2],
  ]);
  expect((await stockOf(lost)).available).toBe(0);

  const gone = await aProduct(1);
  await deliverPaid(order, [[gone, 2]]);
  const cancelled = await orderIn(customer, order.id, 'cancelled');
  expect(cancelled.cancellation?.reason).toBe('stock-lost');
  await until(
    () => Promise.all([reservedProduct, lost, gone].map(stockOf)),
    (stocks) => stocks.map(({ available }) => available).join() === '9,2,1',
  );
});

test('a picture whose event could not be published is shown after the sweep', async () => {
  const product = await aProduct(1);
  await control.fault({ service: 'sns', kind: 'error', function: 'shop-media-local-relay-outbox' });
  const bytes = await cutOut('Pan', 40);
  const picture = { productId: product.productId, contentType: 'image/png', bytes, altText: 'a pan' };
  const mediaId = await uploadPicture(adminClient, picture);
  await until(
    () => adminClient.call<{ state: string }>('GET', `/api/v1/media/${mediaId}`),
    ({ state }) => state === 'processed',
  );
  // A little over a minute later the entry is old enough for the sweep.
  const later = scheduleEvent(new Date(Date.now() + 61_000));
  const shown = await until(
    async () => {
      await invoke('media', 'sweep-outbox', later);
      return visitor().call<Product>('GET', `/api/v1/products/${product.productId}`);
    },
    ({ pictures }) => pictures.length === 1,
  );
  expect(shown.pictures).toMatchObject([{ mediaId }]);
});

test('a product whose event could not be published is published by the sweep', async () => {
  const relay = { service: 'sns', function: 'shop-products-local-relay-outbox' };
  await control.fault({ ...relay, kind: 'error' });
  const product = await aProduct(1);
  await until(
    () => control.faults(),
    (rules) => rules.some(({ hits }) => hits > 0),
  );
  const announced = async () =>
    (await control.events()).filter(
      ({ type, aggregateId }) => type === 'PRODUCT_CHANGED' && aggregateId === product.productId,
    ).length;
  expect(await announced()).toBe(0);
  // The relay still fails: only the sweep can publish.
  await invoke('products', 'sweep-outbox', scheduleEvent(new Date(Date.now() + 61_000)));
  await until(announced, (times) => times === 1);
});
