import { httpHandler } from '#shared/lambda/http.ts';
import { listProductsRoute } from '../api.ts';
import { cache, listProducts } from '../app.ts';
import { cacheable, cacheMs, productView } from '../views.ts';

/** Lists products on sale, by category and price. */
export const handler = httpHandler(listProductsRoute, async ({ query }) => {
  const { category, minPriceCents, maxPriceCents, sort, limit, cursor } = query;
  const filter = { category, minPriceCents, maxPriceCents, sort, limit, cursor };
  const text = await cache().getOrLoad(`list ${JSON.stringify(filter)}`, cacheMs, async () => {
    const page = await listProducts(filter);
    return JSON.stringify({ ...page, items: page.items.map(productView) });
  });
  return cacheable(text);
});
