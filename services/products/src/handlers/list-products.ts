import { httpHandler } from '#shared/lambda/http.ts';
import { listProducts as list } from '../adapters/product-listing.ts';
import { kept, readTtlMs, toProductAnswer } from '../answers.ts';
import { listProducts } from '../api.ts';
import { cache, dynamo, tables } from '../app.ts';

/** Lists products on sale, by category and price. */
export const handler = httpHandler(listProducts, async ({ query }) => {
  const { category, minPriceCents, maxPriceCents, sort, limit, cursor } = query;
  const filter = { category, minPriceCents, maxPriceCents, sort, limit, cursor };
  const text = await cache().remember(`list ${JSON.stringify(filter)}`, readTtlMs, async () => {
    const page = await list(dynamo(), tables.products, filter);
    return JSON.stringify({ ...page, items: page.items.map(toProductAnswer) });
  });
  return kept(text);
});
