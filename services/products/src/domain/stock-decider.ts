import type { Decider, Decision } from '#shared/decider.ts';
import type { ShopError, Subject } from '#shared/errors.ts';
import { StockLow } from '#shared/events/products.ts';
import { StockBelowReserved } from './errors.ts';
import { availableOf, type ProductStock, type WarehouseStock } from './stock.ts';

/** Pieces on hand in the named warehouses, and the reorder level if it changes; other warehouses keep their stock. */
export type StockCount = {
  warehouses: { warehouseId: string; onHand: number }[];
  reorderLevel: number | undefined;
};

export type StockCommand =
  | ({ kind: 'count' } & StockCount)
  /** Announces a product that has fallen to its reorder level, once. */
  | { kind: 'announce-low'; eventId: string; now: Date };

/** The rules of a product's stock, apart from reservations. */
export const decideStock: Decider<ProductStock, StockCommand, ShopError> = (stock, command) => {
  switch (command.kind) {
    case 'count':
      return count(stock, command);
    case 'announce-low':
      return announceLow(stock, command.eventId, command.now);
  }
};

/** Reserved pieces stay reserved, so a count cannot be lower than them. */
function count(stock: ProductStock, command: StockCount): Decision<ProductStock, ShopError> {
  const subjects: Subject[] = [];
  const counted = command.warehouses.map(({ warehouseId, onHand }, index): WarehouseStock => {
    const reserved = stock.warehouses.find((row) => row.warehouseId === warehouseId)?.reserved ?? 0;
    if (onHand < reserved)
      subjects.push({
        kind: 'warehouse',
        id: warehouseId,
        index,
        part: 'onHand',
        message: `${reserved} are reserved for orders`,
      });
    return { warehouseId, available: onHand - reserved, reserved };
  });
  if (subjects.length > 0) {
    const detail = subjects.map(({ id, message }) => `${id}: ${message}`).join('; ');
    return { kind: 'refused', refusal: new StockBelowReserved(detail, { subjects }) };
  }
  const names = new Set(counted.map(({ warehouseId }) => warehouseId));
  const warehouses = [...stock.warehouses.filter(({ warehouseId }) => !names.has(warehouseId)), ...counted];
  warehouses.sort((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1));
  const reorderLevel = command.reorderLevel ?? stock.offer.reorderLevel;
  const lowAnnounced = stock.offer.lowAnnounced && availableOf({ warehouses }) <= reorderLevel;
  return {
    kind: 'changed',
    state: { ...stock, warehouses, offer: { ...stock.offer, reorderLevel, lowAnnounced } },
    events: [],
  };
}

function announceLow(stock: ProductStock, eventId: string, now: Date): Decision<ProductStock> {
  const { productId, offer } = stock;
  const available = availableOf(stock);
  if (offer.status !== 'on-sale' || offer.lowAnnounced || available > offer.reorderLevel)
    return { kind: 'unchanged', state: stock };
  const sequence = offer.eventCount + 1;
  return {
    kind: 'changed',
    state: { ...stock, offer: { ...offer, lowAnnounced: true, eventCount: sequence } },
    events: [
      {
        definition: StockLow,
        id: eventId,
        aggregateId: productId,
        sequence,
        time: now,
        data: { productId, name: offer.name, available },
      },
    ],
  };
}
