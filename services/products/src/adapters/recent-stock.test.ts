import { newId } from '#shared/ids.ts';
import type { ProductStock } from '../domain/stock.ts';
import { recentStock } from './recent-stock.ts';

const readAt = new Date('2026-11-21T12:00:00Z');
const secondsLater = (seconds: number) => new Date(readAt.getTime() + seconds * 1_000);

function aRememberedProduct(available: number) {
  const productId = newId();
  const offer = {
    productId,
    name: 'Lamp',
    priceCents: 100,
    currency: 'EUR' as const,
    status: 'on-sale' as const,
    version: 1,
    events: 0,
    reorderLevel: 10,
    lowAnnounced: false,
  };
  const stock: ProductStock = {
    productId,
    offer,
    warehouses: [{ warehouseId: 'main', available, reserved: 0 }],
  };
  const recent = recentStock();
  recent.seen([stock], readAt);
  const line = { productId, quantity: 1 };
  return {
    line,
    recent,
    knownAfter: (seconds: number) => recent.ample([line], secondsLater(seconds)) !== undefined,
    sell: (quantity: number) =>
      recent.taken([{ ...line, quantity, offer, allocations: [{ warehouseId: 'main', quantity }] }]),
  };
}

describe('what is remembered of a product', () => {
  test.each([
    ['with plenty of stock is good for a minute', 1_000_000, 60, true],
    ['is good for no longer, however much there is', 1_000_000, 61, false],
    ['with less is good for as long as others cannot have sold it', 10 + 1 + 100, 10, true],
    ['with less is good for no longer than that', 10 + 1 + 100, 11, false],
    ['near its reorder level is not good at all', 10 + 1 + 50, 0, false],
  ])('%s', (_, available, seconds, good) => {
    expect(aRememberedProduct(available).knownAfter(seconds)).toBe(good);
  });

  test('shrinks by what this process sells', () => {
    const { knownAfter, sell } = aRememberedProduct(200);
    sell(140);
    expect(knownAfter(0)).toBe(false);
  });

  test('is forgotten when it was wrong', () => {
    const { recent, line, knownAfter } = aRememberedProduct(1_000);
    recent.forget([line]);
    expect(knownAfter(0)).toBe(false);
  });
});
