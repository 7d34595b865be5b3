import { randomUUID } from 'node:crypto';
import type { NewCustomer } from '../new-customer.ts';
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
} from '../shop-actions.ts';
import type { ShopClient } from '../shop-client.ts';
import { cutOut, phonePhotograph, webPicture } from './pictures.ts';
import { Timeline } from './timeline.ts';

export type Story = {
  shop: ShopClient;
  admin: ShopClient;
  newCustomer: NewCustomer;
  consoleUrl?: string | undefined;
  /** Builds the report of a day (`2026-11-21`) now. */
  buildReport: (date: string) => Promise<void>;
  run: string;
};

type Reported = Pick<Order, 'status' | 'totalCents' | 'currency'> & { orderId: string; orderNumber: string };

const one = ({ productId }: Product) => [{ productId, quantity: 1 }];
const priceOf = ({ totalCents, currency }: Pick<Order, 'totalCents' | 'currency'>) =>
  `${(totalCents / 100).toFixed(2)} ${currency}`;

/** Runs the story and prints each step, its time, and where to look. @throws Error when a step fails */
export async function playStory({
  shop,
  admin,
  newCustomer,
  consoleUrl,
  buildReport,
  run,
}: Story): Promise<void> {
  const line = new Timeline();
  const api = `${shop.baseUrl}/api/v1`;

  const ada = await line.step('an operator creates Ada’s account, and she signs in', async (look) => {
    const customer = await newCustomer('Ada Example');
    look(`POST ${api}/auth/login`);
    return customer;
  });
  const [mug, lamp] = await line.step(
    'the admin adds two products with stock in two warehouses',
    async (look) => {
      await ensureCategory(admin, 'kitchen', 'Kitchen');
      const products = await Promise.all([
        addProduct(admin, { name: `Demo mug ${run}`, category: 'kitchen', cents: 1490, stock: 30 }),
        addProduct(admin, { name: `Demo lamp ${run}`, category: 'kitchen', cents: 12900, stock: 5 }),
      ]);
      look(`GET ${api}/products/${products[0].productId}`);
      return products;
    },
  );
  await line.step(
    'three images are uploaded: a phone’s JPEG, a PNG with transparency, a WebP',
    async (look) => {
      const pictures = [
        { contentType: 'image/jpeg', bytes: await phonePhotograph('Demo mug', 20), altText: 'from a phone' },
        { contentType: 'image/png', bytes: await cutOut('Demo mug', 140), altText: 'transparent' },
        { contentType: 'image/webp', bytes: await webPicture('Demo mug', 260), altText: 'from the web' },
      ];
      for (const picture of pictures) await uploadPicture(admin, { productId: mug.productId, ...picture });
      const shown = await until(
        () => shop.call<Product>('GET', `/api/v1/products/${mug.productId}`),
        (seen) => seen.pictures.length === pictures.length,
        60_000,
      );
      const renditions = shown.pictures.flatMap((picture) => picture.renditions);
      look(`${renditions.length} renditions, upright, without GPS: ${renditions[0]?.url}`);
    },
  );

  const placed = await line.step(
    'Ada places an order: stock is reserved, payment is pending',
    async (look) => {
      const order = await placeOrder(ada, [...one(mug), ...one(lamp)]);
      look(`order ${order.number}, ${priceOf(order)}: GET ${api}/orders/${order.id}`);
      return order;
    },
  );
  await line.step('payments charges once, the order is paid, the reservation confirmed', async () => {
    await orderIn(ada, placed.id, 'paid');
    await until(
      () => admin.call<Stock>('GET', `/api/v1/inventory/${lamp.productId}`),
      ({ available, warehouses }) => available === 4 && warehouses.every(({ reserved }) => reserved === 0),
    );
  });
  const waitForMail = (orderId: string, template: string) =>
    until(
      () =>
        ada.call<{ items: { template: string; orderId?: string; status: string }[] }>(
          'GET',
          '/api/v1/notifications',
        ),
      ({ items }) =>
        items.some(
          (item) => item.orderId === orderId && item.template === template && item.status === 'sent',
        ),
    );
  await line.step('the mail arrives', async (look) => {
    await waitForMail(placed.id, 'order-paid');
    if (consoleUrl !== undefined) look(`mailbox: ${consoleUrl}`);
  });
  await line.step('the admin ships (tracking mail) and completes', async () => {
    await admin.call('POST', `/api/v1/orders/${placed.id}/shipment`, {
      body: { carrier: 'DHL', trackingNumber: 'JJD0001' },
    });
    await waitForMail(placed.id, 'order-shipped');
    await admin.call('POST', `/api/v1/orders/${placed.id}/completion`);
  });

  const declined = await line.step(
    'a declined card: the order is cancelled, its stock released, a mail sent',
    async () => {
      const order = await placeOrder(ada, one(lamp), 'pm_card_chargeDeclined');
      await orderIn(ada, order.id, 'cancelled');
      await waitForMail(order.id, 'order-cancelled');
      return order;
    },
  );
  const last = await line.step('two customers order the last unit: one order, one 409', async (look) => {
    await setStock(admin, lamp.productId, { 'berlin-1': 1, 'lyon-2': 0 });
    const grace = await newCustomer('Grace Example');
    const buyers = [ada, grace];
    const responses = await Promise.all(
      buyers.map((buyer) =>
        buyer.send<Order & { code: string; detail: string }>('POST', '/api/v1/orders', {
          body: orderOf(one(lamp)),
          key: randomUUID(),
        }),
      ),
    );
    const refused = responses.find(({ status }) => status === 409);
    const winner = responses.findIndex(({ status }) => status === 201);
    if (refused === undefined || winner === -1)
      throw new Error(`both got ${responses.map(({ status }) => status).join(', ')}`);
    look(`${refused.body.code}: ${refused.body.detail}`);
    return await orderIn(buyers[winner]!, responses[winner]!.body.id, 'paid');
  });
  const repeated = await line.step('the same Idempotency-Key ten times at once: one order', async (look) => {
    const key = randomUUID();
    const responses = await Promise.all(
      Array.from({ length: 10 }, () =>
        until(
          () => ada.send<Order>('POST', '/api/v1/orders', { body: orderOf(one(mug)), key }),
          ({ status }) => status !== 409,
        ),
      ),
    );
    const ids = new Set(responses.map(({ body }) => body.id));
    if (ids.size !== 1) throw new Error(`${ids.size} orders`);
    look(`order ${responses[0]?.body.number}, returned ten times`);
    return await orderIn(ada, [...ids][0]!, 'paid');
  });

  const today = new Date().toISOString().slice(0, 10);
  await line.step('today’s report, built now, lists these orders', async (look) => {
    const finalStatuses = new Map<string, Order['status']>([
      [placed.id, 'completed'],
      [declined.id, 'cancelled'],
      [last.id, 'paid'],
      [repeated.id, 'paid'],
    ]);
    const path = `/api/v1/reports/${today}`;
    const { documentUrl, rows } = await reportWith(finalStatuses, async () => {
      await buildReport(today);
      return admin.call('GET', path);
    });
    for (const row of rows) look(`${row.orderNumber}  ${row.status.padEnd(9)}  ${priceOf(row).padStart(10)}`);
    const { origin, pathname } = new URL(documentUrl);
    look(`stored: ${origin}${pathname}`);
    look(`with a link that is valid for five minutes: GET ${shop.baseUrl}${path}`);
  });
  await line.step('the live counters include these orders', async (look) => {
    const live = await until(
      () =>
        admin.call<{ created: number; completed: number; cancelled: number }>(
          'GET',
          '/api/v1/analytics/live',
        ),
      ({ created, completed, cancelled }) => created >= 4 && completed >= 1 && cancelled >= 1,
    );
    look(
      `created ${live.created}, completed ${live.completed}, cancelled ${live.cancelled}: GET ${api}/analytics/live`,
    );
  });
  line.end('done');
}

/** Builds a day's report until it contains the orders with these statuses: it follows the events within seconds. */
const reportWith = (
  finalStatuses: ReadonlyMap<string, Order['status']>,
  build: () => Promise<{ documentUrl: string }>,
): Promise<{ documentUrl: string; rows: Reported[] }> =>
  until(
    async () => {
      const { documentUrl } = await build();
      // The API's response is limited to some thousand orders, the document is not.
      const response = await fetch(documentUrl);
      if (!response.ok) throw new Error(`${documentUrl}: ${response.status} ${await response.text()}`);
      const { orders } = (await response.json()) as { orders: Reported[] };
      return { documentUrl, rows: orders.filter(({ orderId }) => finalStatuses.has(orderId)) };
    },
    ({ rows }) =>
      rows.length === finalStatuses.size &&
      rows.every(({ orderId, status }) => status === finalStatuses.get(orderId)),
    60_000,
  );
