import type { Offer, ProductStock } from './stock.ts';
import { decideStock } from './stock-decider.ts';

const now = new Date('2027-03-01T12:00:00Z');
const aStock = (
  onHand: Record<string, [available: number, reserved: number]>,
  over: Partial<Offer> = {},
): ProductStock => ({
  productId: 'id',
  offer: {
    productId: 'id',
    name: 'Lamp',
    priceCents: 1000,
    currency: 'EUR',
    status: 'on-sale',
    version: 1,
    eventCount: 3,
    reorderLevel: 5,
    lowAnnounced: false,
    ...over,
  },
  warehouses: Object.entries(onHand).map(([warehouseId, [available, reserved]]) => ({
    warehouseId,
    available,
    reserved,
  })),
});
const count = (stock: ProductStock, onHand: Record<string, number>, reorderLevel?: number) =>
  decideStock(stock, {
    kind: 'count',
    warehouses: Object.entries(onHand).map(([warehouseId, pieces]) => ({ warehouseId, onHand: pieces })),
    reorderLevel,
  });
const announceLow = (stock: ProductStock) =>
  decideStock(stock, { kind: 'announce-low', eventId: 'event', now });

describe('a count', () => {
  test('sets the named warehouses, creates new ones and keeps the others', () => {
    const stock = aStock({ paris: [3, 1], rome: [2, 0] });
    expect(count(stock, { berlin: 4, paris: 7 })).toMatchObject({
      kind: 'changed',
      state: {
        warehouses: [
          { warehouseId: 'berlin', available: 4, reserved: 0 },
          { warehouseId: 'paris', available: 6, reserved: 1 },
          { warehouseId: 'rome', available: 2, reserved: 0 },
        ],
      },
      events: [],
    });
  });

  test('can be as low as the reserved pieces, and no lower', () => {
    const stock = aStock({ berlin: [2, 3] });
    expect(count(stock, { berlin: 3 })).toMatchObject({
      state: { warehouses: [{ available: 0, reserved: 3 }] },
    });
    expect(count(stock, { paris: 1, berlin: 2 })).toMatchObject({
      kind: 'refused',
      refusal: {
        code: 'STOCK_BELOW_RESERVED',
        subjects: [{ kind: 'warehouse', id: 'berlin', index: 1, part: 'onHand' }],
      },
    });
  });

  test.each([
    ['at the reorder level keeps the announcement', 5, true],
    ['above the reorder level makes the next announcement possible', 6, false],
  ])('%s', (_, onHand, lowAnnounced) => {
    const stock = aStock({ berlin: [1, 0] }, { lowAnnounced: true });
    expect(count(stock, { berlin: onHand })).toMatchObject({ state: { offer: { lowAnnounced } } });
  });

  test('changes the reorder level only if it names one', () => {
    const stock = aStock({ berlin: [9, 0] });
    expect(count(stock, { berlin: 9 })).toMatchObject({ state: { offer: { reorderLevel: 5 } } });
    expect(count(stock, { berlin: 9 }, 0)).toMatchObject({ state: { offer: { reorderLevel: 0 } } });
  });
});

describe('low stock', () => {
  test('is announced at exactly the reorder level, over all warehouses', () => {
    expect(announceLow(aStock({ berlin: [3, 0], paris: [2, 9] }))).toMatchObject({
      kind: 'changed',
      state: { offer: { lowAnnounced: true, eventCount: 4 } },
      events: [{ id: 'event', aggregateId: 'id', sequence: 4, time: now, data: { available: 5 } }],
    });
  });

  test.each([
    ['one piece above the level', aStock({ berlin: [6, 0] })],
    ['announced before', aStock({ berlin: [1, 0] }, { lowAnnounced: true })],
    ['of a retired product', aStock({ berlin: [1, 0] }, { status: 'retired' })],
  ])('%s is not announced', (_, stock) => {
    expect(announceLow(stock)).toEqual({ kind: 'unchanged', state: stock });
  });
});
