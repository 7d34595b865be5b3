import { randomUUID } from 'node:crypto';
import { MediaProcessed } from '#shared/events/media.ts';
import { OrderCancelled, OrderPaid } from '#shared/events/orders.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { productsService } from '../../testing/products-service.ts';

const shop = await productsService();
const { api, call } = shop;
const count = (
  productId: string,
  onHand: Record<string, number>,
  over: Record<string, unknown> = {},
  headers = {},
) =>
  call(api.setInventoryRoute, {
    params: { productId },
    headers,
    body: {
      warehouses: Object.entries(onHand).map(([warehouseId, pieces]) => ({ warehouseId, onHand: pieces })),
      ...over,
    },
  });
const stockOf = async (productId: string) =>
  (await call(api.getInventoryRoute, { params: { productId } })).body;
const aReservation = (productId: string, quantity: number, orderId: string = randomUUID()) => ({
  orderId,
  lines: [{ productId, quantity }],
  reservedUntil: new Date(Date.now() + 1_800_000).toISOString(),
  correlationId: 'test',
});
const paidOrder = (orderId: string, productId: string, quantity: number) =>
  anEvent(OrderPaid, {
    orderId,
    userId: randomUUID(),
    orderNumber: '2027-1',
    totalCents: 1000,
    currency: 'EUR',
    paymentId: randomUUID(),
    lines: [{ productId, name: 'Lamp', quantity, unitPriceCents: 1000 }],
  });
const cancelledOrder = (orderId: string) =>
  anEvent(OrderCancelled, {
    orderId,
    userId: randomUUID(),
    orderNumber: '2027-1',
    totalCents: 1000,
    currency: 'EUR',
    reason: 'customer-request',
    wasPaid: true,
  });

describe('a count', () => {
  test('sets the named warehouses and leaves the others', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 5, paris: 3 });
    expect(await count(productId, { paris: 7 }, { reorderLevel: 2 })).toMatchObject({
      status: 200,
      body: {
        available: 12,
        reorderLevel: 2,
        warehouses: [
          { warehouseId: 'berlin', onHand: 5, available: 5, reserved: 0 },
          { warehouseId: 'paris', onHand: 7, available: 7, reserved: 0 },
        ],
      },
    });
  });

  test('keeps reserved pieces reserved, and cannot be lower', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 5 });
    await shop.reserve(aReservation(productId, 3));
    expect((await count(productId, { berlin: 4 })).body).toMatchObject({
      warehouses: [{ onHand: 4, available: 1, reserved: 3 }],
    });
    expect(await count(productId, { berlin: 2 })).toMatchObject({
      status: 409,
      body: { code: 'STOCK_BELOW_RESERVED', errors: [{ field: 'warehouses[0].onHand' }] },
    });
  });

  test('and concurrent reservations never lose a piece', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 30 });
    const reservations = Array.from({ length: 20 }, () => shop.reserve(aReservation(productId, 1)));
    const counts = [30, 30, 30].map((onHand) => count(productId, { berlin: onHand }));
    await Promise.all([...reservations, ...counts]);
    expect(await stockOf(productId)).toMatchObject({
      warehouses: [{ onHand: 30, available: 10, reserved: 20 }],
    });
  });

  test('with the same key counts once', async () => {
    const { productId } = await shop.aProduct();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await count(productId, { berlin: 5 }, {}, headers);
    await shop.reserve(aReservation(productId, 1));
    const again = await count(productId, { berlin: 5 }, {}, headers);
    expect(again.body).toEqual(first.body);
    expect(await stockOf(productId)).toMatchObject({ available: 4 });
  });

  test.each([
    ['warehouses', []],
    ['warehouses[0].onHand', [{ warehouseId: 'b', onHand: -1 }]],
    ['warehouses[0].onHand', [{ warehouseId: 'b', onHand: 1.5 }]],
    ['warehouses[0].warehouseId', [{ warehouseId: '~offer', onHand: 1 }]],
  ])('with a wrong %s is refused, naming it', async (field, warehouses) => {
    const { productId } = await shop.aProduct();
    const { status, body } = await count(productId, {}, { warehouses });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('that names a warehouse twice is refused as beyond its schema', async () => {
    const { productId } = await shop.aProduct();
    const warehouses = [1, 2].map((onHand) => ({ warehouseId: 'b', onHand }));
    const { status, body } = await count(productId, {}, { warehouses });
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'warehouses']);
  });
});

describe('an order’s stock', () => {
  test('is reserved and released by the functions that orders calls', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 2 });
    const reservation = aReservation(productId, 2);
    expect(await shop.reserve(reservation)).toEqual({
      ok: true,
      response: {
        lines: [{ productId, name: 'Lamp', unitPriceCents: 1000, currency: 'EUR', quantity: 2 }],
        receipt: expect.any(String),
      },
    });
    expect(await shop.reserve(aReservation(productId, 1))).toMatchObject({
      ok: false,
      refusal: {
        code: 'OUT_OF_STOCK',
        lines: [{ productId, name: 'Lamp', available: 0 }],
      },
    });
    const release = { orderId: reservation.orderId, correlationId: 'test' };
    expect(await shop.release(release)).toEqual({ ok: true, response: { released: true } });
    expect(await shop.release(release)).toEqual({ ok: true, response: { released: false } });
  });

  test('is taken when the order is paid and returned when it is cancelled, each event delivered twice', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 5 });
    const orderId = randomUUID();
    await shop.reserve(aReservation(productId, 2, orderId));
    const [paid, cancelled] = [paidOrder(orderId, productId, 2), cancelledOrder(orderId)];
    for (const event of [paid, paid])
      expect(await shop.deliverOrderEvent(event)).toEqual({ batchItemFailures: [] });
    expect(await stockOf(productId)).toMatchObject({ warehouses: [{ available: 3, reserved: 0 }] });
    for (const event of [cancelled, cancelled, paid])
      expect(await shop.deliverOrderEvent(event)).toEqual({ batchItemFailures: [] });
    expect(await stockOf(productId)).toMatchObject({ warehouses: [{ available: 5, reserved: 0 }] });
  });

  test('an unknown event fails, so that it reaches the dead-letter queue', async () => {
    expect(await shop.deliverOrderEvent({ ...cancelledOrder(randomUUID()), version: 9 })).toMatchObject({
      batchItemFailures: [{}],
    });
  });
});

describe('the limits of a reservation', () => {
  const linesOf = (count: number, quantity = 1) =>
    Array.from({ length: count }, () => ({ productId: randomUUID(), quantity }));
  const reserve = (lines: unknown[]) => shop.reserve({ ...aReservation(randomUUID(), 1), lines });

  test.each([
    ['45 lines', linesOf(45)],
    ['1,000 pieces', linesOf(1, 1_000)],
  ])('%s are accepted', async (_, lines) => {
    expect(await reserve(lines)).toMatchObject({ ok: false, refusal: { code: 'PRODUCT_NOT_FOUND' } });
  });

  test.each([
    ['46 lines', linesOf(46)],
    ['1,001 pieces', linesOf(1, 1_001)],
    ['no lines', []],
    ['no pieces', linesOf(1, 0)],
  ])('%s are not', async (_, lines) => {
    await expect(reserve(lines)).rejects.toThrow('lines');
  });

  test('exactly the available pieces can be reserved, and one more cannot', async () => {
    const { productId } = await shop.aProduct();
    await count(productId, { berlin: 2, paris: 1 });
    expect(await shop.reserve(aReservation(productId, 4))).toMatchObject({
      refusal: { code: 'OUT_OF_STOCK', lines: [{ productId, available: 3 }] },
    });
    expect(await shop.reserve(aReservation(productId, 3))).toMatchObject({ ok: true });
  });
});

describe('a processed picture', () => {
  const aPicture = (productId: string, mediaId: string = randomUUID()) =>
    anEvent(MediaProcessed, {
      mediaId,
      productId,
      altText: 'A lamp',
      renditions: [
        {
          key: `renditions/${mediaId}/320.webp`,
          url: 'https://i.test/1',
          format: 'webp',
          width: 320,
          height: 240,
          bytes: 9,
        },
      ],
    });

  test('is attached to its product once, however often the event is delivered', async () => {
    const { productId } = await shop.aProduct();
    const event = aPicture(productId);
    for (const delivered of [event, event, { ...event, id: randomUUID() }])
      expect(await shop.deliverPicture(delivered)).toEqual({ batchItemFailures: [] });
    expect(await shop.asItIsNow(productId)).toMatchObject({
      version: 2,
      pictures: [{ altText: 'A lamp', renditions: [{ url: 'https://i.test/1', width: 320 }] }],
    });
  });

  test('several at once are all attached while the product changes its category', async () => {
    const { productId } = await shop.aProduct();
    await call(api.createCategoryRoute, { body: { categoryId: 'tables', name: 'Tables' } });
    const body = { name: 'Moved', category: 'tables', price: { amountCents: 1, currency: 'EUR' } };
    const move = () =>
      call(api.changeProductRoute, { params: { id: productId }, body, headers: { 'If-Match': '"1"' } });
    await Promise.all([1, 2, 3].map(() => shop.deliverPicture(aPicture(productId))).concat(move() as never));
    const shown = await shop.asItIsNow(productId);
    expect((shown['pictures'] as unknown[]).length).toBe(3);
  });

  test('of an unknown product is handled and ignored', async () => {
    expect(await shop.deliverPicture(aPicture(randomUUID()))).toEqual({ batchItemFailures: [] });
  });
});
