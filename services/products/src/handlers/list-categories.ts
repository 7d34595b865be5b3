import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listCategoriesRoute } from '../api.ts';
import { cache, categories } from '../app.ts';
import { slug } from '../domain/slug.ts';
import { cacheable, cacheMs } from '../views.ts';

/** Lists the categories. */
export const handler = httpHandler(listCategoriesRoute, async ({ query: { limit, cursor } }) => {
  const afterId = decodeCursor('categories', slug, cursor);
  const text = await cache().getOrLoad(`categories ${limit} ${afterId ?? ''}`, cacheMs, async () => {
    const { items, next } = await categories().list(limit, afterId);
    return JSON.stringify({
      items,
      ...(next && { nextCursor: encodeCursor('categories', next['category_id']) }),
    });
  });
  return cacheable(text);
});
