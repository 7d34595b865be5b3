import type { StockLine } from '#shared/contracts/stock.ts';
import { type AllocatedLine, isPlentifulAfter, type ProductStock, surplusAfter } from '../domain/stock.ts';

/** Cached stock is used for this long at most. */
const maxAgeMs = 60_000;
/** The assumed rate at which other processes sell one product: the surplus must exceed what they may have sold. */
const soldElsewherePerMs = 10 / 1_000;
const maxProducts = 2_000;

/**
 * Stock that this process has read, for products with plenty of it: their reservation needs no read, since the
 * transaction's conditions decide and check the offer's version. A cached stock never refuses anything.
 */
export type StockCache = {
  /** The stocks of all lines if each is recent and plentiful; undefined otherwise. */
  plentiful(lines: readonly StockLine[], now: Date): ProductStock[] | undefined;
  store(stocks: readonly ProductStock[], now: Date): void;
  /** Subtracts what this process has reserved. */
  subtract(lines: readonly AllocatedLine[]): void;
  invalidate(lines: readonly StockLine[]): void;
};

/** A cache in this process; the oldest product is dropped first. */
export function stockCache(): StockCache {
  const entries = new Map<string, { stock: ProductStock; readAt: number }>();
  return {
    plentiful: (lines, now) => {
      const stocks: ProductStock[] = [];
      for (const { productId, quantity } of lines) {
        const entry = entries.get(productId);
        if (entry === undefined || !isPlentifulAfter(entry.stock, quantity)) return undefined;
        const ageMs = now.getTime() - entry.readAt;
        if (ageMs > maxAgeMs || ageMs * soldElsewherePerMs > surplusAfter(entry.stock, quantity))
          return undefined;
        stocks.push(entry.stock);
      }
      return stocks;
    },
    store: (stocks, now) => {
      for (const stock of stocks) {
        entries.delete(stock.productId);
        entries.set(stock.productId, { stock, readAt: now.getTime() });
        const oldest = entries.keys().next();
        if (entries.size > maxProducts && !oldest.done) entries.delete(oldest.value);
      }
    },
    subtract: (lines) => {
      for (const { productId, allocations } of lines) {
        const entry = entries.get(productId);
        if (entry === undefined) continue;
        const taken = new Map(allocations.map(({ warehouseId, quantity }) => [warehouseId, quantity]));
        const warehouses = entry.stock.warehouses.map((warehouse) => ({
          ...warehouse,
          available: warehouse.available - (taken.get(warehouse.warehouseId) ?? 0),
        }));
        entries.set(productId, { ...entry, stock: { ...entry.stock, warehouses } });
      }
    },
    invalidate: (lines) => {
      for (const { productId } of lines) entries.delete(productId);
    },
  };
}
