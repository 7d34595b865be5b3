import { type ChangeStore, changeStore } from '#shared/dynamo/change-store.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { put, update, type Write } from '#shared/dynamo/write.ts';
import { ProductActionRecorded } from '#shared/events/actions.ts';
import { ProductNotFound } from '../domain/errors.ts';
import type { ProductStock, WarehouseStock } from '../domain/stock.ts';
import { readStock } from './stock-items.ts';
import { offerKey, type Tables } from './tables.ts';

/** Counts of stock and announcements of low stock; reservations change stock items in their own transactions. */
export type StockStore = Pick<ChangeStore<ProductStock>, 'read' | 'change'>;

/** The inventory table. */
export function stockStore(dynamo: Dynamo, tables: Tables): StockStore {
  const { inventory } = tables;
  return changeStore<ProductStock>(dynamo.transact, tables, {
    name: 'stock',
    notFound: (productId) => new ProductNotFound(`There is no product ${productId}.`),
    read: (productId) => readStock(dynamo, inventory, productId),
    recorded: {
      definition: ProductActionRecorded,
      target: ({ productId }) => ({ kind: 'stock', id: productId }),
    },
    // A product's offer is created with the product.
    insert: () => ({ writes: [] }),
    update: (before, after) => ({
      writes: [...stockItemWrites(inventory, before, after), offerWrite(inventory, before, after)],
    }),
  });
}

function stockItemWrites(table: string, before: ProductStock, after: ProductStock): Write[] {
  const { productId } = after;
  return after.warehouses.flatMap((now) => {
    const old = before.warehouses.find(({ warehouseId }) => warehouseId === now.warehouseId);
    if (old === undefined) return [newStockItem(table, productId, now)];
    return isSame(old, now) ? [] : [changedStockItem(table, productId, old, now)];
  });
}

const isSame = (a: WarehouseStock, b: WarehouseStock) =>
  a.available === b.available && a.reserved === b.reserved;

const newStockItem = (table: string, productId: string, stock: WarehouseStock): Write =>
  put(
    table,
    {
      product_id: productId,
      warehouse_id: stock.warehouseId,
      available: stock.available,
      reserved: stock.reserved,
      version: 1,
    },
    { condition: 'attribute_not_exists(product_id)' },
  );

const changedStockItem = (
  table: string,
  productId: string,
  old: WarehouseStock,
  now: WarehouseStock,
): Write =>
  update(
    table,
    { product_id: productId, warehouse_id: now.warehouseId },
    'SET available = :available ADD version :one',
    {
      condition: 'available = :was_available AND reserved = :was_reserved',
      values: {
        ':available': now.available,
        ':one': 1,
        ':was_available': old.available,
        ':was_reserved': old.reserved,
      },
    },
  );

/** A count sets the reorder level, an announcement the event count; reserve-stock's role may not set the former. */
function offerWrite(table: string, { offer: before }: ProductStock, { offer: after }: ProductStock): Write {
  const key = { product_id: after.productId, warehouse_id: offerKey };
  const low = after.lowAnnounced;
  if (after.eventCount !== before.eventCount)
    return update(table, key, 'SET low_announced = :low, event_count = :count', {
      condition: 'event_count = :was_count',
      values: { ':low': low, ':count': after.eventCount, ':was_count': before.eventCount },
    });
  return update(table, key, 'SET low_announced = :low, reorder_level = :level', {
    condition: 'event_count = :was_count AND low_announced = :was_low AND reorder_level = :was_level',
    values: {
      ':low': low,
      ':level': after.reorderLevel,
      ':was_count': before.eventCount,
      ':was_low': before.lowAnnounced,
      ':was_level': before.reorderLevel,
    },
  });
}
