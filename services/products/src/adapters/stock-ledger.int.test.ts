import { newId } from '#shared/ids.ts';
import { eur } from '#shared/money.ts';
import { aCatalogue, testCause } from '../../testing/catalogue.ts';
import { retireProduct } from '../domain/product.ts';
import { releaseStock } from './stock-settlement.ts';

const shop = await aCatalogue();
const minute = 60_000;
/** Warehouses with one piece each. */
const onePieceInEach = (warehouses: number) =>
  Object.fromEntries(Array.from({ length: warehouses }, (_, index) => [`warehouse-${index}`, 1]));

describe('a hold', () => {
  test('answers names and prices, and moves pieces from available to reserved', async () => {
    const lamp = await shop.aProduct({ berlin: 5 }, { name: 'Lamp', price: eur(12.5) });
    const table = await shop.aProduct({ berlin: 4 }, { name: 'Table' });
    expect((await shop.hold({ [lamp]: 2, [table]: 1 })).lines).toEqual([
      { productId: lamp, name: 'Lamp', unitPriceCents: 1250, currency: 'EUR', quantity: 2 },
      { productId: table, name: 'Table', unitPriceCents: 1000, currency: 'EUR', quantity: 1 },
    ]);
    expect(await shop.shelves(lamp)).toEqual(['berlin 3+2']);
    expect(await shop.shelves(table)).toEqual(['berlin 3+1']);
  });

  test('takes all pieces from one warehouse if one suffices, and splits if none does', async () => {
    const lamp = await shop.aProduct({ berlin: 3, paris: 5 });
    await shop.hold({ [lamp]: 4 });
    expect(await shop.shelves(lamp)).toEqual(['berlin 3+0', 'paris 1+4']);
    await shop.hold({ [lamp]: 4 });
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+3', 'paris 0+5']);
  });

  test('of which one line is short holds nothing, and names the line and what is left', async () => {
    const [lamp, table] = [await shop.aProduct({ berlin: 5 }), await shop.aProduct({ berlin: 2, paris: 1 })];
    await expect(shop.hold({ [lamp]: 1, [table]: 4 })).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      lines: [{ productId: table, name: 'Lamp', available: 3 }],
    });
    expect(await shop.shelves(lamp)).toEqual(['berlin 5+0']);
  });

  test('of a product that is not there or not on sale is refused by name', async () => {
    const [lamp, retired] = [await shop.aProduct({ berlin: 5 }), await shop.aProduct({ berlin: 5 })];
    await shop.products.change(
      retired,
      1,
      (current, next) => retireProduct(current, next, shop.now()),
      testCause,
      () => [],
    );
    const unknown = newId();
    await expect(shop.hold({ [unknown]: 1, [lamp]: 1, [retired]: 1 })).rejects.toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
      productIds: [unknown, retired],
    });
  });

  test('of 45 lines is one hold', async () => {
    const ids = await Promise.all(Array.from({ length: 45 }, () => shop.aProduct({ berlin: 1 })));
    const lines = Object.fromEntries(ids.map((id) => [id, 1]));
    expect((await shop.hold(lines)).lines).toHaveLength(45);
    await expect(shop.hold(lines)).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });

  test('of pieces in more warehouses than one transaction takes is refused, and fewer pieces are held', async () => {
    const lamp = await shop.aProduct(onePieceInEach(99));
    await expect(shop.hold({ [lamp]: 99 })).rejects.toMatchObject({ code: 'ORDER_TOO_SCATTERED' });
    expect(await shop.shelves(lamp)).not.toContainEqual(expect.stringMatching(/\+1$/));
    expect((await shop.hold({ [lamp]: 98 })).lines).toMatchObject([{ quantity: 98 }]);
  });
});

describe('the same request again', () => {
  test('gets the same answer and holds nothing more, also when nothing is left', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const orderId = newId();
    const first = await shop.hold({ [lamp]: 2 }, { orderId });
    expect(await shop.hold({ [lamp]: 2 }, { orderId })).toEqual(first);
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+2']);
  });

  test('gets the same answer, also when what is left now lies in too many warehouses', async () => {
    const lamp = await shop.aProduct({ berlin: 99 });
    const orderId = newId();
    const first = await shop.hold({ [lamp]: 99 }, { orderId });
    const counted = { berlin: 100, ...onePieceInEach(98) };
    const warehouses = Object.entries(counted).map(([warehouseId, onHand]) => ({ warehouseId, onHand }));
    await shop.inventory.count(lamp, { warehouses, reorderLevel: undefined }, () => []);
    expect(await shop.hold({ [lamp]: 99 }, { orderId, parts: shop.aLedger() })).toEqual(first);
  });

  test('ten times at once holds once', async () => {
    const lamp = await shop.aProduct({ berlin: 20 });
    const orderId = newId();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => shop.hold({ [lamp]: 2 }, { orderId, parts: shop.aLedger() })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await shop.shelves(lamp)).toEqual(['berlin 18+2']);
  });

  test('with other lines is refused', async () => {
    const lamp = await shop.aProduct({ berlin: 5 });
    const orderId = newId();
    await shop.hold({ [lamp]: 2 }, { orderId });
    await expect(shop.hold({ [lamp]: 3 }, { orderId })).rejects.toMatchObject({
      code: 'RESERVATION_REFUSED',
    });
    expect(await shop.shelves(lamp)).toEqual(['berlin 3+2']);
  });

  test('with a later deadline holds for longer', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    await shop.hold({ [lamp]: 1 }, { orderId, forMs: 10 * minute });
    await shop.hold({ [lamp]: 1 }, { orderId, forMs: 30 * minute });
    shop.pass(20 * minute);
    await expect(shop.hold({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });
});

describe('a lapsed hold', () => {
  test('is sellable at once, and may be held again by its order if something is left', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const [late, quick] = [newId(), newId()];
    await shop.hold({ [lamp]: 1 }, { orderId: late, forMs: minute });
    await shop.hold({ [lamp]: 1 }, { forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 }, { orderId: quick });
    expect(await shop.shelves(lamp)).toEqual(['berlin 1+1']);
    await shop.hold({ [lamp]: 1 }, { orderId: late });
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+2']);
  });

  test('is left alone while there is other stock', async () => {
    const lamp = await shop.aProduct({ berlin: 2 });
    const late = newId();
    await shop.hold({ [lamp]: 1 }, { orderId: late, forMs: minute });
    shop.pass(2 * minute);
    await shop.hold({ [lamp]: 1 });
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+2']);
  });
});

describe('a release', () => {
  test('gives everything back once, however often it comes', async () => {
    const lamp = await shop.aProduct({ berlin: 1, paris: 1 });
    const orderId = newId();
    await shop.hold({ [lamp]: 2 }, { orderId });
    expect(await releaseStock(shop.ledger, orderId)).toBe(true);
    expect(await releaseStock(shop.ledger, orderId)).toBe(false);
    expect(await shop.shelves(lamp)).toEqual(['berlin 1+0', 'paris 1+0']);
  });

  test('that comes before its hold conditionFailed it for a while', async () => {
    const lamp = await shop.aProduct({ berlin: 1 });
    const orderId = newId();
    expect(await releaseStock(shop.ledger, orderId)).toBe(false);
    await expect(shop.hold({ [lamp]: 1 }, { orderId })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await shop.shelves(lamp)).toEqual(['berlin 1+0']);
    shop.pass(minute);
    expect((await shop.hold({ [lamp]: 1 }, { orderId })).lines).toHaveLength(1);
  });

  test('and its hold at once never leave anything reserved', async () => {
    const lamp = await shop.aProduct({ berlin: 10 });
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const orderId = newId();
        const parts = shop.aLedger();
        await Promise.all([
          shop.hold({ [lamp]: 1 }, { orderId, parts }).catch(() => {}),
          releaseStock(parts, orderId),
        ]);
      }),
    );
    expect(await shop.shelves(lamp)).toEqual(['berlin 10+0']);
  });
});

describe('many customers at once', () => {
  test('fifty after the last ten pieces: ten holds, forty clear refusals, nothing below zero', async () => {
    const lamp = await shop.aProduct({ berlin: 6, paris: 4 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => shop.hold({ [lamp]: 1 }, { parts: shop.aLedger() })),
    );
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    expect(refused).toEqual(Array(40).fill('OUT_OF_STOCK'));
    expect(await shop.shelves(lamp)).toEqual(['berlin 0+6', 'paris 0+4']);
  });

  test('with carts that overlap sell every piece at most once', async () => {
    const goods = await Promise.all([1, 2, 3].map(() => shop.aProduct({ berlin: 7, paris: 6 })));
    const carts = Array.from({ length: 30 }, (_, cart) => ({
      [goods[cart % 3]!]: 1 + (cart % 3),
      [goods[(cart + 1) % 3]!]: 1,
    }));
    const outcomes = await Promise.allSettled(
      carts.map((cart) => shop.hold(cart, { parts: shop.aLedger() })),
    );
    const sold = new Map<string, number>();
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'fulfilled')
        for (const [id, quantity] of Object.entries(carts[index]!))
          sold.set(id, (sold.get(id) ?? 0) + quantity);
    for (const id of goods) {
      const { warehouses } = await shop.inventory.read(id);
      const reserved = warehouses.reduce((sum, row) => sum + row.reserved, 0);
      const available = warehouses.reduce((sum, row) => sum + row.available, 0);
      expect({ reserved, all: reserved + available }).toEqual({ reserved: sold.get(id) ?? 0, all: 13 });
      expect(warehouses.every((row) => row.available >= 0 && row.reserved >= 0)).toBe(true);
    }
  });
});

describe('a hold on remembered stock', () => {
  test('never sells at a price that has changed', async () => {
    const lamp = await shop.aProduct({ berlin: 1000 });
    await shop.hold({ [lamp]: 1 });
    await shop.products.change(
      lamp,
      1,
      (current) => ({ product: { ...current, price: eur(99), version: 2 }, events: [] }),
      testCause,
      () => [],
    );
    expect((await shop.hold({ [lamp]: 1 })).lines).toMatchObject([{ unitPriceCents: 9900 }]);
  });

  test('reads again where the checks of what is remembered do not fit the transaction', async () => {
    const ids = await Promise.all(Array.from({ length: 45 }, () => shop.aProduct({ berlin: 1000 })));
    const lines = Object.fromEntries(ids.map((id) => [id, 1]));
    await shop.hold(lines);
    expect((await shop.hold(lines)).lines).toHaveLength(45);
  });

  test('finds the truth when others took the stock', async () => {
    const lamp = await shop.aProduct({ berlin: 100 });
    await shop.hold({ [lamp]: 1 });
    await shop.hold({ [lamp]: 99 }, { parts: shop.aLedger() });
    await expect(shop.hold({ [lamp]: 1 })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  });
});

describe('low stock', () => {
  test('is announced once when what is left falls to the reorder level, and again after a count', async () => {
    const lamp = await shop.aProduct({ berlin: 6 }, { reorderLevel: 4 });
    await shop.hold({ [lamp]: 1 });
    expect(await shop.announced(lamp)).toEqual(['PRODUCT_CHANGED']);
    await Promise.all(
      [1, 1, 1].map((quantity) => shop.hold({ [lamp]: quantity }, { parts: shop.aLedger() })),
    );
    expect(await shop.announced(lamp)).toEqual(['PRODUCT_CHANGED', 'STOCK_LOW']);
    await shop.inventory.count(
      lamp,
      { warehouses: [{ warehouseId: 'berlin', onHand: 20 }], reorderLevel: undefined },
      () => [],
    );
    await shop.hold({ [lamp]: 13 });
    expect(await shop.announced(lamp)).toEqual(['PRODUCT_CHANGED', 'STOCK_LOW', 'STOCK_LOW']);
  });
});
