import type { ReserveStockRefusal, StockLine } from '#shared/contracts/stock.ts';
import type { Currency } from '#shared/money.ts';

/** How a product is sold: what a reservation returns, the reorder level, and the number of the product's events. */
export type Offer = {
  productId: string;
  name: string;
  priceCents: number;
  currency: Currency;
  status: 'on-sale' | 'retired';
  /** Changes with everything that a reservation returns. */
  version: number;
  /** Events of this product so far; the next one has this sequence plus one. */
  eventCount: number;
  /** STOCK_LOW is due when this many pieces or fewer are available over all warehouses. */
  reorderLevel: number;
  /** Whether STOCK_LOW was announced since stock was last counted above the reorder level. */
  lowAnnounced: boolean;
};

/** Pieces of one product in one warehouse, never below zero; on hand are `available` and `reserved` together. */
export type WarehouseStock = { warehouseId: string; available: number; reserved: number };

/** The stock of a product that exists. */
export type ProductStock = { productId: string; offer: Offer; warehouses: WarehouseStock[] };

/** Pieces taken from one warehouse: a stock item is a product in a warehouse. */
export type Allocation = { warehouseId: string; quantity: number };

/** A line of an order with its allocations and the offer at which it is sold. */
export type AllocatedLine = StockLine & { offer: Offer; allocations: Allocation[] };

/** Pieces that can be sold, over all warehouses. */
export const availableOf = ({ warehouses }: Pick<ProductStock, 'warehouses'>): number =>
  warehouses.reduce((sum, { available }) => sum + available, 0);

/**
 * Allocates from one warehouse if one suffices (the fullest, so that the others can serve small orders), otherwise from
 * as few as possible; undefined if all together do not suffice.
 */
export function allocate(quantity: number, warehouses: readonly WarehouseStock[]): Allocation[] | undefined {
  const fullestFirst = warehouses
    .filter(({ available }) => available > 0)
    .toSorted((a, b) => b.available - a.available || a.warehouseId.localeCompare(b.warehouseId));
  const allocations: Allocation[] = [];
  let missing = quantity;
  for (const { warehouseId, available } of fullestFirst) {
    if (missing === 0) break;
    const taken = Math.min(missing, available);
    allocations.push({ warehouseId, quantity: taken });
    missing -= taken;
  }
  return missing === 0 ? allocations : undefined;
}

/** The decision on a request for stock: every line with its allocations, or a refusal. */
export type AllocationDecision =
  | { kind: 'allocated'; lines: AllocatedLine[] }
  | { kind: 'refused'; refusal: ReserveStockRefusal };

/**
 * Allocates all lines or none; `stocks` are in the order of the lines, undefined for an unknown product. One
 * reservation takes from at most `maxStockItems` stock items.
 */
export function decideAllocation(
  lines: readonly StockLine[],
  stocks: readonly (ProductStock | undefined)[],
  maxStockItems: number,
): AllocationDecision {
  const unknown: string[] = [];
  const short: { productId: string; name: string; available: number }[] = [];
  const allocated: AllocatedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const stock = stocks[index];
    if (stock?.offer.status !== 'on-sale') {
      unknown.push(line.productId);
      continue;
    }
    const { offer } = stock;
    const allocations = allocate(line.quantity, stock.warehouses);
    if (allocations === undefined)
      short.push({ productId: line.productId, name: offer.name, available: availableOf(stock) });
    else allocated.push({ ...line, offer, allocations });
  }
  if (unknown.length > 0)
    return { kind: 'refused', refusal: { code: 'PRODUCT_NOT_FOUND', productIds: unknown } };
  if (short.length > 0) return { kind: 'refused', refusal: { code: 'OUT_OF_STOCK', lines: short } };
  if (allocated.flatMap(({ allocations }) => allocations).length > maxStockItems)
    return { kind: 'refused', refusal: { code: 'ORDER_TOO_SCATTERED' } };
  return { kind: 'allocated', lines: allocated };
}

/** Pieces that must remain above the reorder level for a stock to be plentiful. */
const plentifulMargin = 50;

/** Pieces above the reorder level after `quantity` are taken. */
export const surplusAfter = (stock: ProductStock, quantity: number): number =>
  availableOf(stock) - quantity - stock.offer.reorderLevel;

/** Whether neither the end of the stock nor the reorder level is near after `quantity` are taken. */
export const isPlentifulAfter = (stock: ProductStock, quantity: number): boolean =>
  surplusAfter(stock, quantity) > plentifulMargin;
