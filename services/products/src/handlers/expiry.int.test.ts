import { randomUUID } from 'node:crypto';
import { dynamo } from '#shared/dynamo/dynamo.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { OrderPaid } from '#shared/events/orders.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { expiryOf } from '#shared/testing/time-to-live.ts';
import { productsService } from '../../testing/products-service.ts';

const shop = await productsService();
const { api, call, tables } = shop;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const rowsOf = async (orderId: string) =>
  (
    await dynamo().query<Item>({
      table: tables.reservations,
      where: 'order_id = :id',
      values: { ':id': orderId },
    })
  ).items;

async function aReservation() {
  const { productId } = await shop.aProduct();
  await call(api.setInventoryRoute, {
    params: { productId },
    body: { warehouses: [{ warehouseId: 'berlin', onHand: 5 }] },
  });
  const orderId = randomUUID();
  const reservedUntil = new Date(Date.now() + hourMs);
  return { productId, orderId, reservedUntil, receipt: await reserve(productId, orderId, reservedUntil) };
}

/** Reserves one piece and returns the receipt. */
async function reserve(productId: string, orderId: string, reservedUntil: Date): Promise<string | undefined> {
  const result = await shop.reserve({
    orderId,
    lines: [{ productId, quantity: 1 }],
    reservedUntil: reservedUntil.toISOString(),
    correlationId: 'test',
  });
  if (!result.ok) throw new Error(result.refusal.code);
  return result.response.receipt;
}
/** How long after a moment a row of the reservations is deleted; every row must say so. */
async function keptAfter(moment: Date, orderId: string): Promise<number[]> {
  const expiries = await Promise.all((await rowsOf(orderId)).map((row) => expiryOf('reservations', row)));
  expect(expiries).not.toEqual([]);
  return expiries.map((expiry) => (expiry?.getTime() ?? Number.NaN) - moment.getTime());
}

test('a reservation is kept long after it ends, for late events', async () => {
  const { orderId, reservedUntil } = await aReservation();
  for (const keptMs of await keptAfter(reservedUntil, orderId)) expect(keptMs).toBeGreaterThan(30 * dayMs);
});

describe('a row of a reservation is kept longer than queues keep an event (28 days)', () => {
  const confirm = async (productId: string, orderId: string, reservationReceipt?: string) => {
    const lines = [{ productId, name: 'Lamp', quantity: 1, unitPriceCents: 1000 }];
    const event = anEvent(OrderPaid, {
      orderId,
      userId: randomUUID(),
      orderNumber: 'N',
      totalCents: 1000,
      currency: 'EUR',
      paymentId: randomUUID(),
      lines,
      ...(reservationReceipt === undefined ? {} : { reservationReceipt }),
    });
    expect(await shop.deliverOrderEvent(event)).toEqual({ batchItemFailures: [] });
    return orderId;
  };
  const release = async (orderId: string = randomUUID()) => {
    await shop.release({ orderId, correlationId: 'test' });
    return orderId;
  };

  test.each<[string, () => Promise<string>]>([
    ['that was released', async () => release((await aReservation()).orderId)],
    ['that was released before it was made', () => release()],
    [
      'that was confirmed',
      async () => {
        const { productId, orderId } = await aReservation();
        return confirm(productId, orderId);
      },
    ],
    [
      'that was confirmed by its receipt',
      async () => {
        const { productId, orderId, receipt } = await aReservation();
        expect(receipt).toBeDefined();
        return confirm(productId, orderId, receipt);
      },
    ],
    ['that was confirmed unreserved', async () => confirm((await aReservation()).productId, randomUUID())],
    [
      'that was extended',
      async () => {
        const { productId, orderId } = await aReservation();
        await reserve(productId, orderId, new Date(Date.now() + 2 * hourMs));
        return orderId;
      },
    ],
  ])('%s', async (_, act) => {
    for (const keptMs of await keptAfter(new Date(), await act())) {
      expect(keptMs).toBeGreaterThan(28 * dayMs);
      expect(keptMs).toBeLessThan(367 * dayMs);
    }
  });
});

test('the record of an idempotent request is deleted after more than 24 hours', async () => {
  const key = randomUUID();
  await call(api.createCategoryRoute, {
    body: { categoryId: `c-${key}`, name: 'Chairs' },
    headers: { 'Idempotency-Key': key },
  });
  const { items } = await scan(tables.idempotency);
  const record = items.find((item) => JSON.stringify(item).includes(key));
  const expiry = await expiryOf('products-idempotency', record);
  const keptMs = (expiry?.getTime() ?? 0) - Date.now();
  expect(keptMs).toBeGreaterThan(24 * hourMs);
  expect(keptMs).toBeLessThan(48 * hourMs);
});

/** Every item of a small table. */
async function scan(table: string): Promise<{ items: Item[] }> {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const { unmarshall } = await import('@aws-sdk/util-dynamodb');
  const client = new DynamoDBClient({});
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  client.destroy();
  return { items: Items.map((item) => unmarshall(item)) };
}

describe('the reorder level', () => {
  test.each([
    [6, 5, ['STOCK_LOW']],
    [7, 5, []],
  ])(
    'with %i pieces and a level of %i, one reserved piece announces %j',
    async (onHand, reorderLevel, events) => {
      const { productId } = await shop.aProduct();
      await call(api.setInventoryRoute, {
        params: { productId },
        body: { warehouses: [{ warehouseId: 'berlin', onHand }], reorderLevel },
      });
      await shop.reserve({
        orderId: randomUUID(),
        lines: [{ productId, quantity: 1 }],
        reservedUntil: new Date(Date.now() + hourMs).toISOString(),
        correlationId: 'test',
      });
      const types = (await shop.events(productId)).map(({ type }) => type);
      expect(types.filter((type) => type === 'STOCK_LOW')).toEqual(events);
    },
  );
});

test('a state that changes and its event are written together: neither without the other', async () => {
  const product = await shop.aProduct();
  const { items } = await scan(tables.outbox);
  const entry = items.find((item) => item['aggregate_id'] === product.productId);
  expect(entry).toBeDefined();
  // An entry where the next event of the product belongs makes its write fail.
  const entryId = String(entry!['entry_id']).replace(/1(?=#)/, '2');
  const taken = { ...entry, entry_id: entryId };
  expect(taken).not.toEqual(entry);
  const { put } = await import('#shared/dynamo/write.ts');
  await dynamo().write(put(tables.outbox, taken));
  const changed = await call(api.changeProductRoute, {
    params: { id: product.productId },
    headers: { 'If-Match': '"1"' },
    body: { name: 'Other lamp', category: 'lamps', price: { amountCents: 1, currency: 'EUR' } },
  });
  expect(changed.status).toBeGreaterThanOrEqual(400);
  expect(await shop.asItIsNow(product.productId)).toMatchObject({ name: 'Lamp', version: 1 });
});
