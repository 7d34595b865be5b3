import type { Currency } from '#shared/money.ts';
import type { Picture, Product } from '../domain/product.ts';

/** The partition of `shelf-price-index` that every product on sale is in. */
export const wholeShelf = 'all';

/** A product as its item. */
export type ProductRow = {
  product_id: string;
  category: string;
  /** Only while on sale, and so is `shelf`: retired products are in no index. */
  price_cents?: number;
  shelf?: typeof wholeShelf;
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

/** A product as its item. */
export const toRow = (product: Product): ProductRow => ({
  product_id: product.productId,
  category: product.category,
  ...(product.status === 'on-sale'
    ? { price_cents: product.price.amountCents, shelf: wholeShelf }
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

/** An item as the product it is. */
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
