import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { kept, readTtlMs } from '../answers.ts';
import { listCategories } from '../api.ts';
import { cache, categories } from '../app.ts';
import { slug } from '../schemas.ts';

/** Lists the shelves of the catalogue. */
export const handler = httpHandler(listCategories, async ({ query: { limit, cursor } }) => {
  const afterId = decodeCursor('categories', slug, cursor);
  const text = await cache().remember(`categories ${limit} ${afterId ?? ''}`, readTtlMs, async () => {
    const { items, next } = await categories().list(limit, afterId);
    return JSON.stringify({
      items,
      ...(next && { nextCursor: encodeCursor('categories', next['category_id']) }),
    });
  });
  return kept(text);
});
