import type { Clock } from '#shared/clock.ts';
import { Unavailable } from '#shared/errors.ts';
import type { ReservationStore } from '../adapters/reservation-store.ts';
import type { StockCache } from '../adapters/stock-cache.ts';
import type { LowStockAnnouncer } from './announce-low-stock.ts';

export type ReservationDeps = {
  reservations: ReservationStore;
  stockCache: StockCache;
  lowStock: LowStockAnnouncer;
  clock: Clock;
};

/** A conflict means that another order came first; after this many the caller is asked to retry. */
export const maxAttempts = 10;

/** Another order keeps changing the same stock. */
export const contended = () =>
  new Unavailable('This stock is contended. Try again in a moment.', { retryAfterSeconds: 1 });
