import { httpHandler } from '#shared/lambda/http.ts';
import { kept, readTtlMs, toProductAnswer } from '../answers.ts';
import { getProduct } from '../api.ts';
import { cache, products } from '../app.ts';

/** The version stands before the JSON in the cache, so that nothing is parsed to answer. */
const separator = '\n';

/** Shows a product with its pictures. */
export const handler = httpHandler(getProduct, async ({ params, headers }) => {
  const fromStore = async () => {
    const product = await products().read(params.id);
    return `${product.version}${separator}${JSON.stringify(toProductAnswer(product))}`;
  };
  const asItIsNow = headers['cache-control']?.includes('no-cache') === true;
  const text = asItIsNow
    ? await fromStore()
    : await cache().remember(`product ${params.id}`, readTtlMs, fromStore);
  const end = text.indexOf(separator);
  return kept(text.slice(end + 1), Number(text.slice(0, end)));
});
