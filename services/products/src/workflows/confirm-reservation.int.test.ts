import { newId } from '#shared/ids.ts';
import { aCatalogue } from '../../testing/catalogue.ts';
import { writeReceipt } from '../domain/reservation-receipt.ts';
import { confirmReservation } from './confirm-reservation.ts';
import { releaseReservation } from './release-reservation.ts';

const shop = await aCatalogue();
const minute = 60_000;

const handled = (eventId: string) => ({ subscriber: 'test', eventId });
const pay = (
  orderId: string,
  lines: Record<string, number>,
  eventId = newId(),
  reservationReceipt?: string,
) =>
  confirmReservation(
    shop.newDeps(),
    {
      orderId,
      currency: 'EUR',
      lines: Object.entries(lines).map(([productId, quantity]) => ({
        productId,
        quantity,
        name: 'Lamp',
        unitPriceCents: 1000,
      })),
      reservationReceipt,
    },
    { handled: handled(eventId), cause: { correlationId: 'test' } },
  );
const cancel = (orderId: string, eventId = newId()) =>
  releaseReservation(shop.newDeps(), orderId, handled(eventId));

describe('a paid order', () => {
  test('takes its pieces out of the warehouses once, however often the event is delivered', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 3, paris: 2 }), await shop.aProduct({ berlin: 9 })];
    const [orderId, eventId] = [newId(), newId()];
    await shop.reserve({ [lamp]: 5, [table]: 1 }, { orderId });
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 }, eventId)).toBe('confirmed');
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 }, eventId)).toBe('unchanged');
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 })).toBe('unchanged');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+0', 'paris 0+0']);
    expect(await shop.stockOf(table)).toEqual(['berlin 8+0']);
  });

  test('with its receipt takes its pieces without a read, once', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 3, paris: 2 }), await shop.aProduct({ berlin: 9 })];
    const lines = { [lamp]: 5, [table]: 1 };
    const [orderId, eventId] = [newId(), newId()];
    const { receipt } = await shop.reserve(lines, { orderId });
    expect((await shop.reserve(lines, { orderId })).receipt).toBe(receipt);
    await Promise.all(Array.from({ length: 5 }, () => pay(orderId, lines, eventId, receipt)));
    expect(await pay(orderId, lines, newId(), receipt)).toBe('unchanged');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+0', 'paris 0+0']);
    expect(await shop.stockOf(table)).toEqual(['berlin 8+0']);
  });

  test.each([
    ['of another warehouse', 'paris'],
    ['of one that does not exist', 'rome'],
  ])('with a receipt %s takes the pieces that it has reserved', async (_, warehouse) => {
    const lamp = await shop.aProduct({ berlin: 3, paris: 2 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId });
    const receipt = writeReceipt([
      { productId: lamp, allocations: [{ warehouseId: warehouse, quantity: 1 }] },
    ]);
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('confirmed');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 2+0', 'paris 2+0']);
  });

  test('whose reservation expired loses it to another order, whatever its receipt says', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    const { receipt } = await shop.reserve({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 });
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('lost');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+1']);
  });

  test('that was cancelled before stays cancelled, whatever its receipt says', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    const { receipt } = await shop.reserve({ [lamp]: 1 }, { orderId });
    await cancel(orderId);
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('unchanged');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 1+0']);
  });

  test('whose event is delivered ten times at once takes its pieces once', async () => {
    const lamp = await shop.aProduct({ berlin: 5 });
    const [orderId, eventId] = [newId(), newId()];
    await shop.reserve({ [lamp]: 2 }, { orderId });
    await Promise.all(Array.from({ length: 10 }, () => pay(orderId, { [lamp]: 2 }, eventId)));
    expect(await shop.stockOf(lamp)).toEqual(['berlin 3+0']);
  });

  test('is confirmed after its time has passed if no other order needed the pieces', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    expect(await pay(orderId, { [lamp]: 1 })).toBe('confirmed');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+0']);
    await expect(shop.reserve({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });

  test('that lost its reservation takes other stock', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 });
    await shop.count(lamp, { paris: 1 });
    expect(await pay(orderId, { [lamp]: 1 })).toBe('confirmed');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+1', 'paris 0+0']);
  });

  test('without other stock announces the lost reservation once; its cancellation releases the rest', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 1 }), await shop.aProduct({ berlin: 1 })];
    const [orderId, eventId] = [newId(), newId()];
    await shop.reserve({ [lamp]: 1, [table]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 });
    expect(await pay(orderId, { [lamp]: 1, [table]: 1 }, eventId)).toBe('lost');
    expect(await pay(orderId, { [lamp]: 1, [table]: 1 }, eventId)).toBe('lost');
    expect(await shop.eventTypes(orderId)).toEqual(['RESERVATION_LOST']);
    expect(await shop.stockOf(table)).toEqual(['berlin 0+1']);
    expect(await cancel(orderId)).toBe(true);
    expect(await shop.stockOf(table)).toEqual(['berlin 1+0']);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+1']);
  });

  test('takes the expired reservation of another order first', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const [first, second] = [newId(), newId()];
    await shop.reserve({ [lamp]: 1 }, { orderId: first, forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 }, { orderId: second, forMs: minute });
    shop.pass(2 * minute);
    expect(await pay(first, { [lamp]: 1 })).toBe('confirmed');
    expect(await pay(second, { [lamp]: 1 })).toBe('lost');
  });
});

describe('a cancelled order', () => {
  test('returns confirmed pieces once, however often the event is delivered', async () => {
    const lamp = await shop.aProduct({ berlin: 2, paris: 1 });
    const orderId = newId();
    const eventId = newId();
    await shop.reserve({ [lamp]: 3 }, { orderId });
    await pay(orderId, { [lamp]: 3 });
    expect(await cancel(orderId, eventId)).toBe(true);
    expect(await cancel(orderId, eventId)).toBe(false);
    expect(await cancel(orderId)).toBe(false);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 2+0', 'paris 1+0']);
  });

  test('whose payment event comes afterwards takes nothing', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId });
    await cancel(orderId);
    expect(await pay(orderId, { [lamp]: 1 })).toBe('unchanged');
    expect(await shop.stockOf(lamp)).toEqual(['berlin 1+0']);
  });

  test('and paid at the same time ends with all pieces available', async () => {
    const lamp = await shop.aProduct({ berlin: 10 });
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const orderId = newId();
        await shop.reserve({ [lamp]: 1 }, { orderId, from: shop.newDeps() });
        await Promise.all([pay(orderId, { [lamp]: 1 }), cancel(orderId)]);
      }),
    );
    expect(await shop.stockOf(lamp)).toEqual(['berlin 10+0']);
  });
});
