import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { cutOut, phonePhotograph, webPicture } from '../../client/demo/pictures.ts';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  orderOf,
  type Product,
  placeOrder,
  type Stock,
  setStock,
  until,
  uploadPicture,
} from '../../client/shop-actions.ts';
import type { ShopClient, ShopResponse } from '../../client/shop-client.ts';
import { newCustomer } from './support/customer.ts';
import { chargesOf } from './support/payments.ts';
import { admin, visitor } from './support/shop.ts';

type Notification = { template: string; orderId?: string; status: string };

let adminClient: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Story Teller');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});

const aProduct = (stock: number, cents = 1999): Promise<Product> =>
  addProduct(adminClient, { name: `Mug ${randomUUID().slice(0, 4)}`, category: 'kitchen', cents, stock });
const one = ({ productId }: Product) => [{ productId, quantity: 1 }];
const stockOf = (productId: string) => adminClient.call<Stock>('GET', `/api/v1/inventory/${productId}`);
const mailsAbout = async (reader: ShopClient, orderId: string): Promise<string[]> => {
  const { items } = await reader.call<{ items: Notification[] }>('GET', '/api/v1/notifications?limit=100');
  return items
    .filter((item) => item.orderId === orderId && item.status === 'sent')
    .map(({ template }) => template);
};
const mailed = (reader: ShopClient, orderId: string, template: string) =>
  until(
    () => mailsAbout(reader, orderId),
    (templates) => templates.includes(template),
  );

describe('the catalogue', () => {
  test('shows a product that the admin created, with stock in two warehouses', async () => {
    const product = await aProduct(9);
    const seen = await visitor().call<Product>('GET', `/api/v1/products/${product.productId}`);
    expect(seen).toMatchObject({ name: product.name, price: { amountCents: 1999, currency: 'EUR' } });
    expect((await stockOf(product.productId)).warehouses.map(({ onHand }) => onHand).toSorted()).toEqual([
      3, 6,
    ]);
    const { items } = await until(
      () => visitor().call<{ items: Product[] }>('GET', '/api/v1/products?category=kitchen&limit=100'),
      (page) => page.items.some(({ productId }) => productId === product.productId),
    );
    expect(items.every(({ category }) => category === 'kitchen')).toBe(true);
  });

  test('shows uploaded photographs upright, in several sizes and formats, without GPS data', async () => {
    const product = await aProduct(1);
    const pictures = [
      { contentType: 'image/jpeg', bytes: await phonePhotograph('Mug', 20), altText: 'from a phone' },
      { contentType: 'image/png', bytes: await cutOut('Mug', 140), altText: 'cut out' },
      { contentType: 'image/webp', bytes: await webPicture('Mug', 260), altText: 'from the web' },
    ];
    for (const picture of pictures)
      await uploadPicture(adminClient, { productId: product.productId, ...picture });
    const shown = await until(
      () => visitor().call<Product>('GET', `/api/v1/products/${product.productId}`),
      (seen) => seen.pictures.length === 3,
      60_000,
    );
    for (const { altText, renditions } of shown.pictures) {
      expect(new Set(renditions.map(({ format }) => format)).size).toBeGreaterThanOrEqual(2);
      expect(new Set(renditions.map(({ width }) => width)).size).toBeGreaterThanOrEqual(2);
      for (const rendition of renditions) {
        const response = await fetch(rendition.url);
        expect([rendition.url, response.status]).toEqual([rendition.url, 200]);
        const bytes = Buffer.from(await response.arrayBuffer());
        const metadata = await sharp(bytes).metadata();
        expect(metadata).toMatchObject({
          width: rendition.width,
          height: rendition.height,
          format: rendition.format,
        });
        expect([altText, metadata.exif, metadata.orientation ?? 1]).toEqual([altText, undefined, 1]);
        // All were drawn 4 : 3; the photograph was rotated.
        expect(rendition.width / rendition.height).toBeCloseTo(4 / 3, 1);
      }
    }
  });
});

describe('an order', () => {
  test('is paid, shipped and completed, with a mail for each step', async () => {
    const [mug, pot] = await Promise.all([aProduct(10), aProduct(10, 4500)]);
    const placed = await placeOrder(customer, [...one(mug), { productId: pot.productId, quantity: 2 }]);
    expect(placed).toMatchObject({ status: 'pending', totalCents: 1999 + 2 * 4500, currency: 'EUR' });

    await orderIn(customer, placed.id, 'paid');
    await until(
      () => stockOf(pot.productId),
      ({ warehouses }) => warehouses.reduce((sum, { onHand, reserved }) => sum + onHand + reserved, 0) === 8,
    );
    await mailed(customer, placed.id, 'order-paid');

    const shipped = await adminClient.call<Order>('POST', `/api/v1/orders/${placed.id}/shipment`, {
      body: { carrier: 'DHL', trackingNumber: 'JJD0001' },
    });
    expect(shipped.status).toBe('shipped');
    await mailed(customer, placed.id, 'order-shipped');
    const completed = await adminClient.call<Order>('POST', `/api/v1/orders/${placed.id}/completion`);
    expect(completed.status).toBe('completed');
    expect(await chargesOf(placed.id)).toEqual([1999 + 2 * 4500]);
  });

  test('whose card is declined is cancelled: stock released, mail sent, nothing charged', async () => {
    const product = await aProduct(5);
    const placed = await placeOrder(customer, one(product), 'pm_card_chargeDeclined');
    const cancelled = await orderIn(customer, placed.id, 'cancelled');
    expect(cancelled.cancellation).toMatchObject({ reason: 'payment-failed' });
    await until(
      () => stockOf(product.productId),
      ({ available }) => available === 5,
    );
    await mailed(customer, placed.id, 'order-cancelled');
    expect(await chargesOf(placed.id)).toEqual([]);
  });

  test('for the last unit succeeds once; the second returns a 409 that names the line', async () => {
    const [plenty, last] = await Promise.all([aProduct(100), aProduct(1)]);
    await setStock(adminClient, last.productId, { 'berlin-1': 1, 'lyon-2': 0 });
    const rival = await newCustomer('Rival Buyer');
    const responses = await Promise.all(
      [customer, rival].map((buyer) =>
        buyer.send<Order & { code: string; errors: { field: string }[] }>('POST', '/api/v1/orders', {
          body: orderOf([...one(plenty), ...one(last)]),
          key: randomUUID(),
        }),
      ),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const refused = responses.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'OUT_OF_STOCK', errors: [{ field: 'lines[1].quantity' }] });
    const won = responses.findIndex(({ status }) => status === 201);
    await orderIn([customer, rival][won]!, responses[won]!.body.id, 'paid');
    expect((await stockOf(last.productId)).available).toBe(0);
  });

  test.each([
    ['more than one payment can carry', 99_999_999, 'ORDER_TOO_LARGE'],
    ['less than one payment can carry', 24, 'ORDER_TOO_SMALL'],
  ])('that costs %s is refused without a reservation', async (_, cents, code) => {
    const { productId } = await aProduct(3, cents);
    const refused = await customer.send('POST', '/api/v1/orders', {
      body: orderOf([{ productId, quantity: 2 }]),
      key: randomUUID(),
    });
    expect([refused.status, refused.body['code']]).toEqual([422, code]);
    const { available, warehouses } = await stockOf(productId);
    expect([available, ...warehouses.map(({ reserved }) => reserved)]).toEqual([3, 0, 0]);
  });

  test('sent ten times at once under one key is one order, one charge, one mail', async () => {
    const product = await aProduct(50);
    const key = randomUUID();
    const send = (): Promise<ShopResponse<Order>> =>
      customer.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(product)), key });
    // A request that arrives while the first one runs gets 409 and is retried.
    const retrying = async () => until(send, ({ status }) => status !== 409);
    const responses = await Promise.all(Array.from({ length: 10 }, retrying));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(9);
    const id = responses[0]!.body.id;
    await orderIn(customer, id, 'paid');
    await mailed(customer, id, 'order-paid');
    expect(await chargesOf(id)).toEqual([1999]);
    expect((await mailsAbout(customer, id)).filter((template) => template === 'order-paid')).toHaveLength(1);
    expect((await stockOf(product.productId)).available).toBe(49);

    const other = await customer.send('POST', '/api/v1/orders', {
      body: orderOf([{ productId: product.productId, quantity: 2 }]),
      key,
    });
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('of another customer returns 404', async () => {
    const placed = await placeOrder(customer, one(await aProduct(3)));
    const stranger = await newCustomer('Some Stranger');
    for (const [method, path] of [
      ['GET', `/api/v1/orders/${placed.id}`],
      ['POST', `/api/v1/orders/${placed.id}/cancellation`],
      ['GET', `/api/v1/payments/${placed.id}`],
    ] as const)
      expect([path, (await stranger.send(method, path)).status]).toEqual([path, 404]);
    const { items } = await stranger.call<{ items: Order[] }>('GET', '/api/v1/orders');
    expect(items).toEqual([]);
    await orderIn(customer, placed.id, 'paid');
  });

  test('that the customer cancels after payment is refunded, and its stock released', async () => {
    const product = await aProduct(2);
    const placed = await placeOrder(customer, one(product));
    await orderIn(customer, placed.id, 'paid');
    await customer.call('POST', `/api/v1/orders/${placed.id}/cancellation`, { key: randomUUID() });
    await until(
      () => chargesOf(placed.id),
      (charges) => charges.length === 1 && charges[0] === 0,
    );
    await until(
      () => stockOf(product.productId),
      ({ available }) => available === 2,
    );
    await mailed(customer, placed.id, 'order-cancelled');
    expect(await chargesOf(placed.id)).toEqual([0]);
  });
});
