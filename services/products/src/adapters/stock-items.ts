import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { update, type Write } from '#shared/dynamo/write.ts';
import type { Currency } from '#shared/money.ts';
import type { Offer, ProductStock, WarehouseStock } from '../domain/stock.ts';
import { offerKey } from './tables.ts';

/** A product's offer as an item. */
export type OfferRow = {
  product_id: string;
  warehouse_id: typeof offerKey;
  name: string;
  price_cents: number;
  currency: Currency;
  status: Offer['status'];
  version: number;
  event_count: number;
  reorder_level: number;
  low_announced: boolean;
};

/** A stock item. `version` counts its changes. */
type StockRow = {
  product_id: string;
  warehouse_id: string;
  available: number;
  reserved: number;
  version: number;
};

const isOffer = (row: OfferRow | StockRow): row is OfferRow => row.warehouse_id === offerKey;

/** Reads a product's offer and stock in one strongly consistent Query; undefined for an unknown product. */
export async function readStock(
  dynamo: Dynamo,
  table: string,
  productId: string,
): Promise<ProductStock | undefined> {
  const { items } = await dynamo.query<OfferRow | StockRow>({
    table,
    where: 'product_id = :id',
    values: { ':id': productId },
  });
  let offer: Offer | undefined;
  const warehouses: WarehouseStock[] = [];
  for (const row of items)
    if (isOffer(row)) offer = toOffer(row);
    else {
      const { warehouse_id: warehouseId, available, reserved } = row;
      warehouses.push({ warehouseId, available, reserved });
    }
  return offer && { productId, offer, warehouses };
}

const toOffer = (row: OfferRow): Offer => ({
  productId: row.product_id,
  name: row.name,
  priceCents: row.price_cents,
  currency: row.currency,
  status: row.status,
  version: row.version,
  eventCount: row.event_count,
  reorderLevel: row.reorder_level,
  lowAnnounced: row.low_announced,
});

export const toOfferRow = (offer: Offer): OfferRow => ({
  product_id: offer.productId,
  warehouse_id: offerKey,
  name: offer.name,
  price_cents: offer.priceCents,
  currency: offer.currency,
  status: offer.status,
  version: offer.version,
  event_count: offer.eventCount,
  reorder_level: offer.reorderLevel,
  low_announced: offer.lowAnnounced,
});

/** Pieces added to (+) or taken from (−) the available and the reserved ones of a stock item. */
export type Movement = { productId: string; warehouseId: string; available: number; reserved: number };

/** The write of a movement; its condition keeps both numbers from falling below zero. */
export function moveStock(table: string, { productId, warehouseId, available, reserved }: Movement): Write {
  const enough = [
    ...(available < 0 ? ['available >= :taken_available'] : []),
    ...(reserved < 0 ? ['reserved >= :taken_reserved'] : []),
  ];
  return update(
    table,
    { product_id: productId, warehouse_id: warehouseId },
    'ADD available :available, reserved :reserved, version :one',
    {
      condition: ['attribute_exists(product_id)', ...enough].join(' AND '),
      values: {
        ':available': available,
        ':reserved': reserved,
        ':one': 1,
        ...(available < 0 ? { ':taken_available': -available } : {}),
        ...(reserved < 0 ? { ':taken_reserved': -reserved } : {}),
      },
    },
  );
}
