import * as z from 'zod';
import type { Dynamo, Page } from '#shared/dynamo/dynamo.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { maxAmountCents } from '#shared/money.ts';
import type { Product } from '../domain/product.ts';
import { allProducts, type ProductRow, toProduct } from './product-items.ts';

/** Selects products on sale, sorted by price. The price range includes both ends. */
export type ProductFilter = {
  category: string | undefined;
  minPriceCents: number | undefined;
  maxPriceCents: number | undefined;
  sort: 'price' | '-price';
  limit: number;
  cursor: string | undefined;
};

/** A page of products, and the cursor of the next. */
export type ProductPage = { items: Product[]; nextCursor?: string };

/** The last key of a page. */
const position = z.strictObject({
  id: z.uuid(),
  category: z.string().min(1).max(100),
  cents: z.int().min(0),
});

/** Lists products from the index of one category, or of all; the cost does not grow with the catalogue. */
export async function listProducts(
  dynamo: Dynamo,
  table: string,
  filter: ProductFilter,
): Promise<ProductPage> {
  const allCategories = filter.category === undefined;
  const from = filter.minPriceCents ?? 0;
  const to = filter.maxPriceCents ?? maxAmountCents;
  const list = ['products', filter.sort, from, to, filter.category].join(' ');
  // DynamoDB rejects a key outside of the queried range, which a forged cursor may contain.
  const inThisList = position.refine(
    ({ category, cents }) => (allCategories || category === filter.category) && cents >= from && cents <= to,
  );
  const after = decodeCursor(list, inThisList, filter.cursor);
  if (from > to) return { items: [] };
  const page: Page<ProductRow> = await dynamo.query<ProductRow>({
    table,
    index: allCategories ? 'shelf-price-index' : 'category-price-index',
    where: `${allCategories ? 'shelf' : 'category'} = :partition AND price_cents BETWEEN :from AND :to`,
    values: { ':partition': filter.category ?? allProducts, ':from': from, ':to': to },
    descending: filter.sort === '-price',
    limit: filter.limit,
    ...(after === undefined
      ? {}
      : {
          after: {
            product_id: after.id,
            category: after.category,
            price_cents: after.cents,
            ...(allCategories ? { shelf: allProducts } : {}),
          },
        }),
  });
  return {
    items: page.items.map(toProduct),
    ...(page.next === undefined
      ? {}
      : {
          nextCursor: encodeCursor(list, {
            id: page.next['product_id'],
            category: page.next['category'],
            cents: page.next['price_cents'],
          }),
        }),
  };
}
