import { ConditionsFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { put, update, type Write } from '#shared/dynamo/write.ts';
import { type Subject, Unavailable } from '#shared/errors.ts';
import { ProductNotFound, StockBelowReserved } from '../domain/errors.ts';
import { availableOf, type Offer, type ProductStock, type WarehouseStock } from '../domain/stock.ts';
import { readStock } from './stock-items.ts';
import { offerKey, type Tables } from './tables.ts';

/** What was counted: pieces on hand in each named warehouse, and from how many on the product is to be reordered. */
export type StockCount = {
  warehouses: { warehouseId: string; onHand: number }[];
  reorderLevel: number | undefined;
};

/** A product's stock that exists. */
export type KnownStock = ProductStock & { offer: Offer };

/** Counted stock of products. */
export type InventoryStore = {
  /** @throws ProductNotFound */
  read(productId: string): Promise<KnownStock>;
  /**
   * Writes a count: the named warehouses have so much on hand, the others keep theirs; reserved pieces stay reserved.
   * `also` are writes of the same transaction, made from the result. @throws ProductNotFound, StockBelowReserved
   */
  count(productId: string, count: StockCount, also: (stock: KnownStock) => Write[]): Promise<KnownStock>;
};

/** Sales may change the stock while it is being counted: so often the count is applied anew. */
const maxRaces = 10;

/** The inventory table, as staff sees it. */
export function inventoryStore(dynamo: Dynamo, tables: Tables): InventoryStore {
  const read = async (productId: string): Promise<KnownStock> => {
    const stock = await readStock(dynamo, tables.inventory, productId);
    if (stock.offer === undefined) throw new ProductNotFound(`There is no product ${productId}.`);
    return { ...stock, offer: stock.offer };
  };
  return {
    read,
    count: async (productId, count, also) => {
      for (let race = 0; race < maxRaces; race++) {
        const before = await read(productId);
        const after = applyCount(before, count);
        const writes = countWrites(tables.inventory, before, after, count);
        const companions = also(after);
        try {
          await dynamo.transact([...writes, ...companions]);
          return after;
        } catch (error) {
          if (!(error instanceof ConditionsFailed)) throw error;
          if (companions.some((write) => error.failed.has(write))) throw error;
        }
      }
      throw new Unavailable('This stock is changing too fast. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    },
  };
}

function applyCount(before: KnownStock, count: StockCount): KnownStock {
  const subjects: Subject[] = [];
  const counted = count.warehouses.map(({ warehouseId, onHand }, index): WarehouseStock => {
    const reserved = before.warehouses.find((row) => row.warehouseId === warehouseId)?.reserved ?? 0;
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
  if (subjects.length > 0)
    throw new StockBelowReserved(subjects.map(({ id, message }) => `${id}: ${message}`).join('; '), {
      subjects,
    });
  const names = new Set(counted.map(({ warehouseId }) => warehouseId));
  const warehouses = [...before.warehouses.filter(({ warehouseId }) => !names.has(warehouseId)), ...counted];
  const stock = {
    ...before,
    warehouses: warehouses.toSorted((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1)),
  };
  const reorderLevel = count.reorderLevel ?? before.offer.reorderLevel;
  const lowAnnounced = before.offer.lowAnnounced && availableOf(stock) <= reorderLevel;
  return { ...stock, offer: { ...before.offer, reorderLevel, lowAnnounced } };
}

function countWrites(table: string, before: KnownStock, after: KnownStock, count: StockCount): Write[] {
  const { productId } = before;
  const rows = count.warehouses.map(({ warehouseId }) => {
    const old = before.warehouses.find((row) => row.warehouseId === warehouseId);
    const now = after.warehouses.find((row) => row.warehouseId === warehouseId)!;
    const key = { product_id: productId, warehouse_id: warehouseId };
    if (old === undefined)
      return put(
        table,
        { ...key, available: now.available, reserved: 0, version: 1 },
        { condition: 'attribute_not_exists(product_id)' },
      );
    return update(table, key, 'SET available = :available ADD version :one', {
      condition: 'available = :was_available AND reserved = :was_reserved',
      values: {
        ':available': now.available,
        ':one': 1,
        ':was_available': old.available,
        ':was_reserved': old.reserved,
      },
    });
  });
  const offer = update(
    table,
    { product_id: productId, warehouse_id: offerKey },
    'SET reorder_level = :level, low_announced = :low',
    {
      condition: 'attribute_exists(product_id) AND #events = :events',
      names: { '#events': 'events' },
      values: {
        ':level': after.offer.reorderLevel,
        ':low': after.offer.lowAnnounced,
        ':events': before.offer.events,
      },
    },
  );
  return [...rows, offer];
}
