import { newId } from '#shared/ids.ts';
import type { ProductStock } from '../domain/stock.ts';
import { stockCache } from './stock-cache.ts';

const readAt = new Date('2026-11-21T12:00:00Z');
const secondsLater = (seconds: number) => new Date(readAt.getTime() + seconds * 1_000);

function aCachedProduct(available: number) {
  const productId = newId();
  const offer = {
    productId,
    name: 'Lamp',
    priceCents: 100,
    currency: 'EUR' as const,
    status: 'on-sale' as const,
    version: 1,
    eventCount: 0,
    reorderLevel: 10,
    lowAnnounced: false,
  };
  const stock: ProductStock = {
    productId,
    offer,
    warehouses: [{ warehouseId: 'main', available, reserved: 0 }],
  };
  const cache = stockCache();
  cache.store([stock], readAt);
  const line = { productId, quantity: 1 };
  return {
    line,
    cache,
    isUsableAfter: (seconds: number) => cache.plentiful([line], secondsLater(seconds)) !== undefined,
    sell: (quantity: number) =>
      cache.subtract([{ ...line, quantity, offer, allocations: [{ warehouseId: 'main', quantity }] }]),
  };
}

describe('the cached stock of a product', () => {
  test.each([
    ['with plenty of pieces is used for a minute', 1_000_000, 60, true],
    ['is used for no longer, however much there is', 1_000_000, 61, false],
    ['with fewer is used as long as others cannot have sold them', 10 + 1 + 100, 10, true],
    ['with fewer is used for no longer than that', 10 + 1 + 100, 11, false],
    ['exactly the margin above its reorder level is not used', 10 + 1 + 50, 0, false],
  ])('%s', (_, available, seconds, good) => {
    expect(aCachedProduct(available).isUsableAfter(seconds)).toBe(good);
  });

  test('shrinks by the pieces that this process reserves', () => {
    const { isUsableAfter, sell } = aCachedProduct(200);
    sell(140);
    expect(isUsableAfter(0)).toBe(false);
  });

  test('is not used after invalidation', () => {
    const { cache, line, isUsableAfter } = aCachedProduct(1_000);
    cache.invalidate([line]);
    expect(isUsableAfter(0)).toBe(false);
  });
});
