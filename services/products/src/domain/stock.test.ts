import * as fc from 'fast-check';
import { type Allocation, allocate, decideAllocation, type Offer, type WarehouseStock } from './stock.ts';

const offer = (productId: string, status: Offer['status'] = 'on-sale'): Offer => ({
  productId,
  name: 'Lamp',
  priceCents: 1000,
  currency: 'EUR',
  status,
  version: 1,
  eventCount: 1,
  reorderLevel: 5,
  lowAnnounced: false,
});
const sum = (parts: readonly { quantity: number }[]) =>
  parts.reduce((total, { quantity }) => total + quantity, 0);
const stocks = fc
  .uniqueArray(
    fc.record({ warehouseId: fc.string({ minLength: 1 }), available: fc.nat(50), reserved: fc.nat(5) }),
    {
      selector: ({ warehouseId }) => warehouseId,
      maxLength: 8,
    },
  )
  .map((rows): WarehouseStock[] => rows);

describe('an allocation', () => {
  test('takes exactly the quantity, from no warehouse more than it has, whenever there is enough', () => {
    fc.assert(
      fc.property(stocks, fc.integer({ min: 1, max: 120 }), (warehouses, quantity) => {
        const total = warehouses.reduce((sum, { available }) => sum + available, 0);
        const allocations = allocate(quantity, warehouses);
        if (total < quantity) {
          expect(allocations).toBeUndefined();
          return;
        }
        const fits = ({ warehouseId, quantity: taken }: Allocation) =>
          taken > 0 && taken <= (warehouses.find((row) => row.warehouseId === warehouseId)?.available ?? 0);
        expect(sum(allocations ?? [])).toBe(quantity);
        expect(allocations?.every(fits)).toBe(true);
      }),
    );
  });

  test('is one warehouse whenever one suffices', () => {
    fc.assert(
      fc.property(stocks, fc.integer({ min: 1, max: 50 }), (warehouses, quantity) => {
        fc.pre(warehouses.some(({ available }) => available >= quantity));
        expect(allocate(quantity, warehouses)).toHaveLength(1);
      }),
    );
  });
});

describe('the allocation of all lines', () => {
  const maxStockItems = 3;
  const row = (available: number) => [{ warehouseId: 'berlin', available, reserved: 0 }];

  test('is refused with every product that is unknown or retired', () => {
    const lines = ['a', 'b', 'c'].map((productId) => ({ productId, quantity: 1 }));
    const decision = decideAllocation(
      lines,
      [
        undefined,
        { productId: 'b', offer: offer('b'), warehouses: row(1) },
        { productId: 'c', offer: offer('c', 'retired'), warehouses: row(1) },
      ],
      maxStockItems,
    );
    expect(decision).toEqual({
      kind: 'refused',
      refusal: { code: 'PRODUCT_NOT_FOUND', productIds: ['a', 'c'] },
    });
  });

  test('is refused with every line that is short', () => {
    const lines = ['a', 'b'].map((productId) => ({ productId, quantity: 3 }));
    const decision = decideAllocation(
      lines,
      [
        { productId: 'a', offer: offer('a'), warehouses: row(3) },
        { productId: 'b', offer: offer('b'), warehouses: row(2) },
      ],
      maxStockItems,
    );
    expect(decision).toEqual({
      kind: 'refused',
      refusal: { code: 'OUT_OF_STOCK', lines: [{ productId: 'b', name: 'Lamp', available: 2 }] },
    });
  });

  test('takes from the most stock items allowed over all lines, and is refused beyond', () => {
    const inEach = (...warehouseIds: string[]) =>
      warehouseIds.map((warehouseId) => ({ warehouseId, available: 1, reserved: 0 }));
    const linesOf = (quantity: number) => ['a', 'b'].map((productId) => ({ productId, quantity }));
    const stocks = [
      { productId: 'a', offer: offer('a'), warehouses: inEach('berlin', 'paris') },
      { productId: 'b', offer: offer('b'), warehouses: inEach('berlin', 'paris') },
    ];
    expect(decideAllocation(linesOf(2), stocks, 4).kind).toBe('allocated');
    expect(decideAllocation(linesOf(1), stocks, maxStockItems).kind).toBe('allocated');
    const decision = decideAllocation(linesOf(2), stocks, maxStockItems);
    expect(decision).toEqual({ kind: 'refused', refusal: { code: 'ORDER_TOO_SCATTERED' } });
  });
});
