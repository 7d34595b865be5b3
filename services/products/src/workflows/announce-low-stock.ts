import type { Clock } from '#shared/clock.ts';
import type { StockLine } from '#shared/contracts/stock.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import type { StockStore } from '../adapters/stock-store.ts';
import { isPlentifulAfter, type ProductStock } from '../domain/stock.ts';
import { decideStock } from '../domain/stock-decider.ts';

/** Announces once that a product has fallen to its reorder level. */
export type LowStockAnnouncer = {
  /** After a reservation: checks the products that came near their level. Never throws, as the reservation is made. */
  afterReservation(stocks: readonly ProductStock[], lines: readonly StockLine[], cause: Cause): Promise<void>;
  /** Checks one product. */
  announce(productId: string, cause: Cause): Promise<void>;
};

/**
 * Reads the stock again after the reservation is committed, so that the last of several concurrent ones sees the pieces
 * that all of them took. The offer's event count lets only one of them announce it. The announcement is not recorded in
 * the audit log: no caller asked for it.
 */
export function lowStockAnnouncer(stock: StockStore, clock: Clock): LowStockAnnouncer {
  const announce = async (productId: string, { request: _, ...cause }: Cause): Promise<void> => {
    const command = { kind: 'announce-low', eventId: newId(), now: clock() } as const;
    await stock.change(productId, (current) => decideStock(current, command), { cause });
  };
  return {
    announce,
    afterReservation: async (stocks, lines, cause) => {
      const near = stocks.filter(
        (each, index) => !each.offer.lowAnnounced && !isPlentifulAfter(each, lines[index]?.quantity ?? 0),
      );
      try {
        await Promise.all(near.map(({ productId }) => announce(productId, cause)));
      } catch (error) {
        logger.warn('low stock not checked', error as Error);
      }
    },
  };
}
