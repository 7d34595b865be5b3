import * as z from 'zod';
import type { Dynamo, Page } from '#shared/dynamo/dynamo.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { maxAmountCents } from '#shared/money.ts';
import type { Product } from '../domain/product.ts';
import { type ProductRow, toProduct, wholeShelf } from './product-items.ts';

/** Which products on sale, in which order of price. Both ends of the range belong to it. */
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

/** Where a page ended: a key of the index. */
const position = z.strictObject({
  id: z.uuid(),
  category: z.string().min(1).max(100),
  cents: z.int().min(0),
});

/** Lists products from the index of one category, or of all; the cost is the page's, whatever the catalogue's size. */
export async function listProducts(
  dynamo: Dynamo,
  table: string,
  filter: ProductFilter,
): Promise<ProductPage> {
  const shelf = filter.category === undefined;
  const from = filter.minPriceCents ?? 0;
  const to = filter.maxPriceCents ?? maxAmountCents;
  const list = ['products', filter.sort, from, to, filter.category].join(' ');
  // A forged position may be outside of this list, which DynamoDB takes for an error.
  const inThisList = position.refine(
    ({ category, cents }) => (shelf || category === filter.category) && cents >= from && cents <= to,
  );
  const after = decodeCursor(list, inThisList, filter.cursor);
  if (from > to) return { items: [] };
  const page: Page<ProductRow> = await dynamo.query<ProductRow>({
    table,
    index: shelf ? 'shelf-price-index' : 'category-price-index',
    where: `${shelf ? 'shelf' : 'category'} = :shelf AND price_cents BETWEEN :from AND :to`,
    values: { ':shelf': filter.category ?? wholeShelf, ':from': from, ':to': to },
    descending: filter.sort === '-price',
    limit: filter.limit,
    ...(after === undefined
      ? {}
      : {
          after: {
            product_id: after.id,
            category: after.category,
            price_cents: after.cents,
            ...(shelf ? { shelf: wholeShelf } : {}),
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
