import { asksForFreshResponse } from '#shared/http/cache-directives.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getProductRoute } from '../api.ts';
import { cache, products } from '../app.ts';
import { cacheable, cacheMs, productView } from '../views.ts';

/** The cached text is the version, this and the JSON, so that a cached response needs no parsing. */
const separator = '\n';

/** Returns a product with its pictures. */
export const handler = httpHandler(getProductRoute, async ({ params, headers }) => {
  const load = async () => {
    const product = await products().readProduct(params.id);
    return `${product.version}${separator}${JSON.stringify(productView(product))}`;
  };
  const bypassCache = asksForFreshResponse(headers['cache-control']);
  const text = bypassCache ? await load() : await cache().getOrLoad(`product ${params.id}`, cacheMs, load);
  const end = text.indexOf(separator);
  return cacheable(text.slice(end + 1), Number(text.slice(0, end)));
});
