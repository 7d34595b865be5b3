import type * as z from 'zod';
import { etagOf, type HttpResponse } from '#shared/http/response.ts';
import type { KnownStock } from './adapters/inventory-store.ts';
import type { Product } from './domain/product.ts';
import { availableOf } from './domain/stock.ts';
import type { product, stock } from './schemas.ts';

/** How long a product or a page may be kept, here and by browsers: a change is seen everywhere within twice that. */
export const readTtlMs = 5_000;

/** A public read that may be kept. `text` is the body as JSON. */
export const kept = (text: string, version?: number): HttpResponse => ({
  status: 200,
  body: text,
  headers: {
    'Cache-Control': `public, max-age=${readTtlMs / 1000}`,
    ...(version === undefined ? {} : { ETag: etagOf(version) }),
  },
});

/** A product as the API shows it. */
export const toProductAnswer = (shown: Product): z.input<typeof product> => ({
  productId: shown.productId,
  name: shown.name,
  description: shown.description,
  category: shown.category,
  price: shown.price,
  status: shown.status,
  pictures: shown.pictures.map(({ mediaId, altText, renditions }) => ({
    mediaId,
    altText,
    renditions: renditions.map(({ url, format, width, height, bytes }) => ({
      url,
      format,
      width,
      height,
      bytes,
    })),
  })),
  version: shown.version,
  createdAt: shown.createdAt.toISOString(),
  updatedAt: shown.updatedAt.toISOString(),
});

/** A product's stock as staff sees it. */
export const toStockAnswer = (shown: KnownStock): z.input<typeof stock> => ({
  productId: shown.productId,
  reorderLevel: shown.offer.reorderLevel,
  available: availableOf(shown),
  warehouses: shown.warehouses.map(({ warehouseId, available, reserved }) => ({
    warehouseId,
    onHand: available + reserved,
    available,
    reserved,
  })),
});
