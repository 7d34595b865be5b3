import type { Clock } from '#shared/clock.ts';
import type { StockLine } from '#shared/contracts/stock.ts';
import { ConditionsFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { outboxWrites } from '#shared/dynamo/outbox.ts';
import { update } from '#shared/dynamo/write.ts';
import type { Cause } from '#shared/events/event.ts';
import { StockLow } from '#shared/events/products.ts';
import { newId } from '#shared/ids.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { availableOf, isNewlyLow, type ProductStock } from '../domain/stock.ts';
import { isAmple } from './recent-stock.ts';
import { readStock } from './stock-items.ts';
import { offerKey, type Tables } from './tables.ts';

/** Looks at a product again so often if other events of it come in between. */
const maxRaces = 3;

/** Announces once that a product fell to its reorder level. */
export type LowStock = {
  /** After a hold: looks again at the products that came near their level. Never throws, the hold stands. */
  afterHold(stocks: readonly ProductStock[], lines: readonly StockLine[], cause: Cause): Promise<void>;
  /** Looks at one product. */
  look(productId: string, cause: Cause): Promise<void>;
};

/**
 * Who comes near the level looks again after its own commit, so that the last of several at once sees what all of
 * them took; the offer's counter lets only one announce it.
 */
export function lowStock(dynamo: Dynamo, tables: Tables, clock: Clock): LowStock {
  const announce = async ({ productId, offer }: ProductStock, available: number, cause: Cause) => {
    if (offer === undefined) return;
    const fact = {
      definition: StockLow,
      id: newId(),
      aggregateId: productId,
      sequence: offer.events + 1,
      time: clock(),
      data: { productId, name: offer.name, available },
    };
    const latch = update(
      tables.inventory,
      { product_id: productId, warehouse_id: offerKey },
      'SET low_announced = :true, #events = :next',
      {
        condition: '#events = :events',
        names: { '#events': 'events' },
        values: { ':true': true, ':events': offer.events, ':next': offer.events + 1 },
      },
    );
    await dynamo.transact([latch, ...outboxWrites(tables.outbox, [fact], cause)]);
  };
  const look = async (productId: string, cause: Cause): Promise<void> => {
    for (let race = 0; race < maxRaces; race++) {
      const stock = await readStock(dynamo, tables.inventory, productId);
      if (!isNewlyLow(stock)) return;
      try {
        return await announce(stock, availableOf(stock), cause);
      } catch (error) {
        // Another event of this product took the number, most likely this one: look again.
        if (!(error instanceof ConditionsFailed)) throw error;
      }
    }
  };
  return {
    look,
    afterHold: async (stocks, lines, cause) => {
      const near = stocks.filter(
        (stock, index) => !stock.offer?.lowAnnounced && !isAmple(stock, lines[index]?.quantity ?? 0),
      );
      try {
        await Promise.all(near.map(({ productId }) => look(productId, cause)));
      } catch (error) {
        logger.warn('low stock not looked at', error as Error);
      }
    },
  };
}
