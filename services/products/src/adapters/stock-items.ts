import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { update, type Write } from '#shared/dynamo/write.ts';
import type { Currency } from '#shared/money.ts';
import type { Offer, ProductStock } from '../domain/stock.ts';
import { offerKey } from './tables.ts';

/** The item `~offer` of a product. */
export type OfferRow = {
  product_id: string;
  warehouse_id: typeof offerKey;
  name: string;
  price_cents: number;
  currency: Currency;
  status: Offer['status'];
  version: number;
  events: number;
  reorder_level: number;
  low_announced: boolean;
};

/** A product's stock in one warehouse. `version` counts its changes. */
type WarehouseRow = {
  product_id: string;
  warehouse_id: string;
  available: number;
  reserved: number;
  version: number;
};

const isOffer = (row: OfferRow | WarehouseRow): row is OfferRow => row.warehouse_id === offerKey;

/** Reads how a product is sold and what is left of it, in one strongly consistent Query. */
export async function readStock(dynamo: Dynamo, table: string, productId: string): Promise<ProductStock> {
  const { items } = await dynamo.query<OfferRow | WarehouseRow>({
    table,
    where: 'product_id = :id',
    values: { ':id': productId },
  });
  const stock: ProductStock = { productId, offer: undefined, warehouses: [] };
  for (const row of items)
    if (isOffer(row)) stock.offer = toOffer(row);
    else
      stock.warehouses.push({
        warehouseId: row.warehouse_id,
        available: row.available,
        reserved: row.reserved,
      });
  return stock;
}

const toOffer = (row: OfferRow): Offer => ({
  productId: row.product_id,
  name: row.name,
  priceCents: row.price_cents,
  currency: row.currency,
  status: row.status,
  version: row.version,
  events: row.events,
  reorderLevel: row.reorder_level,
  lowAnnounced: row.low_announced,
});

/** An offer as its item. */
export const toOfferRow = (offer: Offer): OfferRow => ({
  product_id: offer.productId,
  warehouse_id: offerKey,
  name: offer.name,
  price_cents: offer.priceCents,
  currency: offer.currency,
  status: offer.status,
  version: offer.version,
  events: offer.events,
  reorder_level: offer.reorderLevel,
  low_announced: offer.lowAnnounced,
});

/** Pieces that come to (+) or leave (−) what a warehouse can sell and what it has reserved. */
export type Movement = { productId: string; warehouseId: string; available: number; reserved: number };

/**
 * The write of a movement; its condition keeps both numbers from falling below zero. Expressions of conditions
 * have no arithmetic, so what must be there is compared with what leaves.
 */
export function moveStock(table: string, { productId, warehouseId, available, reserved }: Movement): Write {
  const leaving = [
    ...(available < 0 ? ['available >= :leaving_available'] : []),
    ...(reserved < 0 ? ['reserved >= :leaving_reserved'] : []),
  ];
  return update(
    table,
    { product_id: productId, warehouse_id: warehouseId },
    'ADD available :available, reserved :reserved, version :one',
    {
      condition: ['attribute_exists(product_id)', ...leaving].join(' AND '),
      values: {
        ':available': available,
        ':reserved': reserved,
        ':one': 1,
        ...(available < 0 ? { ':leaving_available': -available } : {}),
        ...(reserved < 0 ? { ':leaving_reserved': -reserved } : {}),
      },
    },
  );
}
