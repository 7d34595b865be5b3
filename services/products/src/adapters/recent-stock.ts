import type { StockLine } from '#shared/contracts/stock.ts';
import { type AllocatedLine, availableOf, type ProductStock } from '../domain/stock.ts';

/** What is remembered is good for this long at most. */
const maxFreshMs = 60_000;
/** So much of one product other processes are taken to sell: what is left above the level must outlast what is remembered. */
const soldElsewherePerMs = 10 / 1_000;
/** Products remembered at most. */
const maxProducts = 2_000;
/** With less than this above its reorder level, a product is read anew for every hold. */
export const ampleMargin = 50;

/**
 * What this process last read of products with plenty of stock: a hold on them needs no read, since the
 * transaction's own conditions decide and the offer's version is checked with them. It is a guess, never a truth.
 */
export type RecentStock = {
  /** The stocks of all lines if each is fresh and ample; undefined otherwise. */
  ample(lines: readonly StockLine[], now: Date): ProductStock[] | undefined;
  seen(stocks: readonly ProductStock[], now: Date): void;
  taken(lines: readonly AllocatedLine[]): void;
  forget(lines: readonly StockLine[]): void;
};

/** What is left above the reorder level after taking `quantity`. */
const surplusOf = (stock: ProductStock, quantity: number): number =>
  availableOf(stock) - quantity - (stock.offer?.reorderLevel ?? 0);

/** Whether so much is left after taking `quantity` that neither the stock nor its reorder level is near. */
export const isAmple = (stock: ProductStock, quantity: number): boolean =>
  stock.offer !== undefined && surplusOf(stock, quantity) > ampleMargin;

/** Remembers in this process, in the bounds above. */
export function recentStock(): RecentStock {
  const known = new Map<string, { stock: ProductStock; readAt: number }>();
  return {
    ample: (lines, now) => {
      const stocks: ProductStock[] = [];
      for (const { productId, quantity } of lines) {
        const entry = known.get(productId);
        if (entry === undefined || !isAmple(entry.stock, quantity)) return undefined;
        const ageMs = now.getTime() - entry.readAt;
        if (ageMs > maxFreshMs || ageMs * soldElsewherePerMs > surplusOf(entry.stock, quantity))
          return undefined;
        stocks.push(entry.stock);
      }
      return stocks;
    },
    seen: (stocks, now) => {
      for (const stock of stocks) {
        known.delete(stock.productId);
        known.set(stock.productId, { stock, readAt: now.getTime() });
        const oldest = known.keys().next();
        if (known.size > maxProducts && !oldest.done) known.delete(oldest.value);
      }
    },
    taken: (lines) => {
      for (const { productId, allocations } of lines) {
        const entry = known.get(productId);
        if (entry === undefined) continue;
        const takenFrom = new Map(allocations.map(({ warehouseId, quantity }) => [warehouseId, quantity]));
        const warehouses = entry.stock.warehouses.map((warehouse) => ({
          ...warehouse,
          available: warehouse.available - (takenFrom.get(warehouse.warehouseId) ?? 0),
        }));
        known.set(productId, { ...entry, stock: { ...entry.stock, warehouses } });
      }
    },
    forget: (lines) => {
      for (const { productId } of lines) known.delete(productId);
    },
  };
}
