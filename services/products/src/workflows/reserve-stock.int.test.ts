import { newId } from '#shared/ids.ts';
import { eur } from '#shared/money.ts';
import { aCatalogue, testOptions } from '../../testing/catalogue.ts';
import { decideProduct } from '../domain/product.ts';
import { releaseReservation } from './release-reservation.ts';

const shop = await aCatalogue();
const minute = 60_000;
/** Warehouses with one piece each. */
const onePieceInEach = (warehouses: number) =>
  Object.fromEntries(Array.from({ length: warehouses }, (_, index) => [`warehouse-${index}`, 1]));

describe('a reservation', () => {
  test('returns names and prices, and moves pieces from available to reserved', async () => {
    const lamp = await shop.aProduct({ berlin: 5 }, { name: 'Lamp', price: eur(12.5) });
    const table = await shop.aProduct({ berlin: 4 }, { name: 'Table' });
    expect((await shop.reserve({ [lamp]: 2, [table]: 1 })).lines).toEqual([
      { productId: lamp, name: 'Lamp', unitPriceCents: 1250, currency: 'EUR', quantity: 2 },
      { productId: table, name: 'Table', unitPriceCents: 1000, currency: 'EUR', quantity: 1 },
    ]);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 3+2']);
    expect(await shop.stockOf(table)).toEqual(['berlin 3+1']);
  });

  test('takes all pieces from one warehouse if one suffices, and splits if none does', async () => {
    const lamp = await shop.aProduct({ berlin: 3, paris: 5 });
    await shop.reserve({ [lamp]: 4 });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 3+0', 'paris 1+4']);
    await shop.reserve({ [lamp]: 4 });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+3', 'paris 0+5']);
  });

  test('with one short line reserves nothing, and is refused with the line and its available pieces', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 5 }), await shop.aProduct({ berlin: 2, paris: 1 })];
    await expect(shop.reserve({ [lamp]: 1, [table]: 4 })).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      lines: [{ productId: table, name: 'Lamp', available: 3 }],
    });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 5+0']);
  });

  test('of products that do not exist or are not on sale is refused with all of them', async () => {
    const [lamp, retired] = [await shop.aProduct({ berlin: 5 }), await shop.aProduct({ berlin: 5 })];
    const retire = { kind: 'retire', expectedVersion: [1], eventId: newId(), now: shop.now() } as const;
    await shop.products.change(retired, (entry) => decideProduct(entry, retire), testOptions);
    const unknown = newId();
    await expect(shop.reserve({ [unknown]: 1, [lamp]: 1, [retired]: 1 })).rejects.toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
      productIds: [unknown, retired],
    });
  });

  test('of 45 lines is one transaction', async () => {
    const ids = await Promise.all(Array.from({ length: 45 }, () => shop.aProduct({ berlin: 1 })));
    const lines = Object.fromEntries(ids.map((id) => [id, 1]));
    expect((await shop.reserve(lines)).lines).toHaveLength(45);
    await expect(shop.reserve(lines)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });

  test('of pieces in more warehouses than fit one transaction is refused, and of fewer pieces succeeds', async () => {
    const lamp = await shop.aProduct(onePieceInEach(99));
    await expect(shop.reserve({ [lamp]: 99 })).rejects.toMatchObject({ code: 'ORDER_TOO_SCATTERED' });
    expect(await shop.stockOf(lamp)).not.toContainEqual(expect.stringMatching(/\+1$/));
    expect((await shop.reserve({ [lamp]: 98 })).lines).toMatchObject([{ quantity: 98 }]);
  });
});

describe('a repeated request', () => {
  test('gets the same response and reserves nothing more, also when nothing is left', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const orderId = newId();
    const first = await shop.reserve({ [lamp]: 2 }, { orderId });
    expect(await shop.reserve({ [lamp]: 2 }, { orderId })).toEqual(first);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+2']);
  });

  test('gets the same response, also when the remaining pieces are in too many warehouses', async () => {
    const lamp = await shop.aProduct({ berlin: 99 });
    const orderId = newId();
    const first = await shop.reserve({ [lamp]: 99 }, { orderId });
    await shop.count(lamp, { berlin: 100, ...onePieceInEach(98) });
    expect(await shop.reserve({ [lamp]: 99 }, { orderId, from: shop.newDeps() })).toEqual(first);
  });

  test('sent ten times at once reserves once', async () => {
    const lamp = await shop.aProduct({ berlin: 20 });
    const orderId = newId();
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => shop.reserve({ [lamp]: 2 }, { orderId, from: shop.newDeps() })),
    );
    expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 18+2']);
  });

  test('with other lines is refused', async () => {
    const lamp = await shop.aProduct({ berlin: 5 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 2 }, { orderId });
    await expect(shop.reserve({ [lamp]: 3 }, { orderId })).rejects.toMatchObject({
      code: 'RESERVATION_REFUSED',
    });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 3+2']);
  });

  test('with a later end extends the reservation', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId, forMs: 10 * minute });
    await shop.reserve({ [lamp]: 1 }, { orderId, forMs: 30 * minute });
    shop.pass(20 * minute);
    await expect(shop.reserve({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });
});

describe('an expired reservation', () => {
  test('frees its pieces at once, and its order may reserve again if some are left', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const [late, quick] = [newId(), newId()];
    await shop.reserve({ [lamp]: 1 }, { orderId: late, forMs: minute });
    await shop.reserve({ [lamp]: 1 }, { forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 }, { orderId: quick });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 1+1']);
    await shop.reserve({ [lamp]: 1 }, { orderId: late });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+2']);
  });

  test('is not touched while there is other stock', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const late = newId();
    await shop.reserve({ [lamp]: 1 }, { orderId: late, forMs: minute });
    shop.pass(2 * minute);
    await shop.reserve({ [lamp]: 1 });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+2']);
  });
});

describe('a release', () => {
  test('returns all pieces once, however often it is called', async () => {
    const lamp = await shop.aProduct({ berlin: 1, paris: 1 });
    const orderId = newId();
    await shop.reserve({ [lamp]: 2 }, { orderId });
    expect(await releaseReservation(shop.deps, orderId)).toBe(true);
    expect(await releaseReservation(shop.deps, orderId)).toBe(false);
    expect(await shop.stockOf(lamp)).toEqual(['berlin 1+0', 'paris 1+0']);
  });

  test('that comes before its reservation refuses it during the cooldown', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    expect(await releaseReservation(shop.deps, orderId)).toBe(false);
    await expect(shop.reserve({ [lamp]: 1 }, { orderId })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await shop.stockOf(lamp)).toEqual(['berlin 1+0']);
    shop.pass(minute);
    expect((await shop.reserve({ [lamp]: 1 }, { orderId })).lines).toHaveLength(1);
  });

  test('and a concurrent reservation never leave anything reserved', async () => {
    const lamp = await shop.aProduct({ berlin: 10 });
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const orderId = newId();
        const from = shop.newDeps();
        await Promise.all([
          shop.reserve({ [lamp]: 1 }, { orderId, from }).catch(() => {}),
          releaseReservation(from, orderId),
        ]);
      }),
    );
    expect(await shop.stockOf(lamp)).toEqual(['berlin 10+0']);
  });
});

describe('many concurrent orders', () => {
  test('fifty orders for the last ten pieces: ten succeed, forty are refused, nothing is below zero', async () => {
    const lamp = await shop.aProduct({ berlin: 6, paris: 4 });
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => shop.reserve({ [lamp]: 1 }, { from: shop.newDeps() })),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toEqual(Array(40).fill('OUT_OF_STOCK'));
    expect(await shop.stockOf(lamp)).toEqual(['berlin 0+6', 'paris 0+4']);
  });

  test('with overlapping carts get every piece at most once', async () => {
    const goods = await Promise.all([1, 2, 3].map(() => shop.aProduct({ berlin: 7, paris: 6 })));
    const carts = Array.from({ length: 30 }, (_, cart) => ({
      [goods[cart % 3]!]: 1 + (cart % 3),
      [goods[(cart + 1) % 3]!]: 1,
    }));
    const results = await Promise.allSettled(
      carts.map((cart) => shop.reserve(cart, { from: shop.newDeps() })),
    );
    const sold = new Map<string, number>();
    for (const [index, result] of results.entries())
      if (result.status === 'fulfilled')
        for (const [id, quantity] of Object.entries(carts[index]!))
          sold.set(id, (sold.get(id) ?? 0) + quantity);
    for (const id of goods) {
      const { warehouses } = await shop.stock.read(id);
      const reserved = warehouses.reduce((sum, row) => sum + row.reserved, 0);
      const available = warehouses.reduce((sum, row) => sum + row.available, 0);
      expect({ reserved, all: reserved + available }).toEqual({ reserved: sold.get(id) ?? 0, all: 13 });
      expect(warehouses.every((row) => row.available >= 0 && row.reserved >= 0)).toBe(true);
    }
  });
});

describe('a reservation on cached stock', () => {
  test('never uses an old price', async () => {
    const lamp = await shop.aProduct({ berlin: 1000 });
    await shop.reserve({ [lamp]: 1 });
    const draft = { name: 'Lamp', description: '', category: 'lamps', price: eur(99) };
    const change = {
      kind: 'change',
      draft,
      expectedVersion: [1],
      eventId: newId(),
      now: shop.now(),
    } as const;
    await shop.products.change(lamp, (entry) => decideProduct(entry, change), testOptions);
    expect((await shop.reserve({ [lamp]: 1 })).lines).toMatchObject([{ unitPriceCents: 9900 }]);
  });

  test('reads the stock if the checks of cached offers do not fit the transaction', async () => {
    const ids = await Promise.all(Array.from({ length: 45 }, () => shop.aProduct({ berlin: 1000 })));
    const lines = Object.fromEntries(ids.map((id) => [id, 1]));
    await shop.reserve(lines);
    expect((await shop.reserve(lines)).lines).toHaveLength(45);
  });

  test('reads the stock after others took the pieces', async () => {
    const lamp = await shop.aProduct({ berlin: 100 });
    await shop.reserve({ [lamp]: 1 });
    await shop.reserve({ [lamp]: 99 }, { from: shop.newDeps() });
    await expect(shop.reserve({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });
});

describe('low stock', () => {
  test('is announced once at exactly the reorder level, and again after a count', async () => {
    const lamp = await shop.aProduct({ berlin: 6 }, { reorderLevel: 4 });
    await shop.reserve({ [lamp]: 1 });
    expect(await shop.eventTypes(lamp)).toEqual(['PRODUCT_CHANGED']);
    await Promise.all(
      [1, 1, 1].map((quantity) => shop.reserve({ [lamp]: quantity }, { from: shop.newDeps() })),
    );
    expect(await shop.eventTypes(lamp)).toEqual(['PRODUCT_CHANGED', 'STOCK_LOW']);
    await shop.count(lamp, { berlin: 20 });
    await shop.reserve({ [lamp]: 13 });
    expect(await shop.eventTypes(lamp)).toEqual(['PRODUCT_CHANGED', 'STOCK_LOW', 'STOCK_LOW']);
  });
});
