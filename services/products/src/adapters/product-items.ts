import type { Currency } from '#shared/money.ts';
import type { Picture, Product } from '../domain/product.ts';

/** The one partition of `shelf-price-index`: it contains every product on sale. */
export const allProducts = 'all';

/** A product as an item. */
export type ProductRow = {
  product_id: string;
  category: string;
  /** Like `shelf` only while on sale, so that retired products are in no index. */
  price_cents?: number;
  shelf?: typeof allProducts;
  /** Only when retired. */
  last_price_cents?: number;
  currency: Currency;
  name: string;
  description: string;
  status: Product['status'];
  pictures: Picture[];
  version: number;
  created_at: string;
  updated_at: string;
};

/** Converts a product to an item. */
export const toRow = (product: Product): ProductRow => ({
  product_id: product.productId,
  category: product.category,
  ...(product.status === 'on-sale'
    ? { price_cents: product.price.amountCents, shelf: allProducts }
    : { last_price_cents: product.price.amountCents }),
  currency: product.price.currency,
  name: product.name,
  description: product.description,
  status: product.status,
  pictures: product.pictures,
  version: product.version,
  created_at: product.createdAt.toISOString(),
  updated_at: product.updatedAt.toISOString(),
});

/** Converts an item to a product. */
export const toProduct = (row: ProductRow): Product => ({
  productId: row.product_id,
  category: row.category,
  price: { amountCents: row.price_cents ?? row.last_price_cents ?? 0, currency: row.currency },
  name: row.name,
  description: row.description,
  status: row.status,
  pictures: row.pictures,
  version: row.version,
  createdAt: new Date(row.created_at),
  updatedAt: new Date(row.updated_at),
});
