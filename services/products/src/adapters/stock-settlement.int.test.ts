import { newId } from '#shared/ids.ts';
import { aCatalogue, testCause } from '../../testing/catalogue.ts';
import { writeReceipt } from '../domain/receipt.ts';
import { commitStock, releaseStock } from './stock-settlement.ts';

const shop = await aCatalogue();
const minute = 60_000;

const pay = (
  orderId: string,
  lines: Record<string, number>,
  eventId = newId(),
  reservationReceipt?: string,
) =>
  commitStock(
    shop.aLedger(),
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
    eventId,
    testCause,
  );
const cancel = (orderId: string, eventId = newId()) => releaseStock(shop.aLedger(), orderId, eventId);

describe('a paid order', () => {
  test('takes its pieces off the shelves, once, however often it is told', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 3, paris: 2 }), await shop.aProduct({ berlin: 9 })];
    const [orderId, eventId] = [newId(), newId()];
    await shop.hold({ [lamp]: 5, [table]: 1 }, { orderId });
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 }, eventId)).toBe('committed');
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 }, eventId)).toBe('unchanged');
    expect(await pay(orderId, { [lamp]: 5, [table]: 1 })).toBe('unchanged');
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+0', 'paris 0+0']);
    expect(await shop.shelves(table)).toEqual(['berlin 8+0']);
  });

  test('with the receipt of its hold takes its pieces without a read, once', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 3, paris: 2 }), await shop.aProduct({ berlin: 9 })];
    const lines = { [lamp]: 5, [table]: 1 };
    const [orderId, eventId] = [newId(), newId()];
    const { receipt } = await shop.hold(lines, { orderId });
    expect((await shop.hold(lines, { orderId })).receipt).toBe(receipt);
    await Promise.all(Array.from({ length: 5 }, () => pay(orderId, lines, eventId, receipt)));
    expect(await pay(orderId, lines, newId(), receipt)).toBe('unchanged');
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+0', 'paris 0+0']);
    expect(await shop.shelves(table)).toEqual(['berlin 8+0']);
  });

  test.each([
    ['of another warehouse', 'paris'],
    ['of one that does not exist', 'rome'],
  ])('with a receipt %s takes what it holds', async (_, warehouse) => {
    const lamp = await shop.aProduct({ berlin: 3, paris: 2 });
    const orderId = newId();
    await shop.hold({ [lamp]: 1 }, { orderId });
    const receipt = writeReceipt([
      { productId: lamp, allocations: [{ warehouseId: warehouse, quantity: 1 }] },
    ]);
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('committed');
    expect(await shop.shelves(lamp)).toEqual(['berlin 2+0', 'paris 2+0']);
  });

  test('whose hold was taken by another finds other stock, whatever its receipt says', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    const { receipt } = await shop.hold({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 });
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('refused');
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+1']);
  });

  test('that was cancelled before stays so, whatever its receipt says', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    const { receipt } = await shop.hold({ [lamp]: 1 }, { orderId });
    await cancel(orderId);
    expect(await pay(orderId, { [lamp]: 1 }, newId(), receipt)).toBe('unchanged');
    expect(await shop.shelves(lamp)).toEqual(['berlin 1+0']);
  });

  test('told ten times at once takes its pieces once', async () => {
    const lamp = await shop.aProduct({ berlin: 5 });
    const [orderId, eventId] = [newId(), newId()];
    await shop.hold({ [lamp]: 2 }, { orderId });
    await Promise.all(Array.from({ length: 10 }, () => pay(orderId, { [lamp]: 2 }, eventId)));
    expect(await shop.shelves(lamp)).toEqual(['berlin 3+0']);
  });

  test('is committed from a lapsed hold that nobody reclaimed', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.hold({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    expect(await pay(orderId, { [lamp]: 1 })).toBe('committed');
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+0']);
    await expect(shop.hold({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });

  test('that lost its hold takes other stock', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.hold({ [lamp]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 });
    await shop.inventory.count(
      lamp,
      { warehouses: [{ warehouseId: 'paris', onHand: 1 }], reorderLevel: undefined },
      () => [],
    );
    expect(await pay(orderId, { [lamp]: 1 })).toBe('committed');
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+1', 'paris 0+0']);
  });

  test('that lost its hold for good announces it once; its cancellation gives back the rest', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 1 }), await shop.aProduct({ berlin: 1 })];
    const [orderId, eventId] = [newId(), newId()];
    await shop.hold({ [lamp]: 1, [table]: 1 }, { orderId, forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 });
    expect(await pay(orderId, { [lamp]: 1, [table]: 1 }, eventId)).toBe('refused');
    expect(await pay(orderId, { [lamp]: 1, [table]: 1 }, eventId)).toBe('refused');
    expect(await shop.announced(orderId)).toEqual(['RESERVATION_LOST']);
    expect(await shop.shelves(table)).toEqual(['berlin 0+1']);
    expect(await cancel(orderId)).toBe(true);
    expect(await shop.shelves(table)).toEqual(['berlin 1+0']);
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+1']);
  });

  test('reclaims the lapsed hold of another before it gives up', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const [first, second] = [newId(), newId()];
    await shop.hold({ [lamp]: 1 }, { orderId: first, forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 }, { orderId: second, forMs: minute });
    shop.pass(2 * minute);
    expect(await pay(first, { [lamp]: 1 })).toBe('committed');
    expect(await pay(second, { [lamp]: 1 })).toBe('refused');
  });
});

describe('a cancelled order', () => {
  test('returns what was committed, once, however often it is told', async () => {
    const lamp = await shop.aProduct({ berlin: 2, paris: 1 });
    const orderId = newId();
    const eventId = newId();
    await shop.hold({ [lamp]: 3 }, { orderId });
    await pay(orderId, { [lamp]: 3 });
    expect(await cancel(orderId, eventId)).toBe(true);
    expect(await cancel(orderId, eventId)).toBe(false);
    expect(await cancel(orderId)).toBe(false);
    expect(await shop.shelves(lamp)).toEqual(['berlin 2+0', 'paris 1+0']);
  });

  test('whose payment is told afterwards takes nothing', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.hold({ [lamp]: 1 }, { orderId });
    await cancel(orderId);
    expect(await pay(orderId, { [lamp]: 1 })).toBe('unchanged');
    expect(await shop.shelves(lamp)).toEqual(['berlin 1+0']);
  });

  test('and paid at once ends with all pieces on the shelf', async () => {
    const lamp = await shop.aProduct({ berlin: 10 });
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const orderId = newId();
        await shop.hold({ [lamp]: 1 }, { orderId, parts: shop.aLedger() });
        await Promise.all([pay(orderId, { [lamp]: 1 }), cancel(orderId)]);
      }),
    );
    expect(await shop.shelves(lamp)).toEqual(['berlin 10+0']);
  });
});
