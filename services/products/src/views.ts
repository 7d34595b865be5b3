import type * as z from 'zod';
import { created, etagOf, type HttpResponse, ok } from '#shared/http/response.ts';
import type { CatalogueEntry, Product } from './domain/product.ts';
import { availableOf, type ProductStock } from './domain/stock.ts';
import type { product, stock } from './schemas.ts';

/** Cache time of products and lists, here and in browsers: a change is visible everywhere within twice this time. */
export const cacheMs = 5_000;

/** The response to a public read; `text` is the body as JSON. */
export const cacheable = (text: string, version?: number): HttpResponse => ({
  status: 200,
  body: text,
  headers: {
    'Cache-Control': `public, max-age=${cacheMs / 1000}`,
    ...(version === undefined ? {} : { ETag: etagOf(version) }),
  },
});

/** A product as the API shows it. */
export const productView = (shown: Product): z.input<typeof product> => ({
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

/** 200 with a product, whose version is the ETag. */
export const productResponse = ({ product: shown }: CatalogueEntry): HttpResponse =>
  ok(productView(shown), shown.version);

/** 201 with a new product. */
export const productCreated = ({ product: shown }: CatalogueEntry): HttpResponse =>
  created(productView(shown), `/api/v1/products/${shown.productId}`, shown.version);

const stockView = (shown: ProductStock): z.input<typeof stock> => ({
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

/** 200 with a product's stock, for staff. */
export const stockResponse = (shown: ProductStock): HttpResponse => ok(stockView(shown));
