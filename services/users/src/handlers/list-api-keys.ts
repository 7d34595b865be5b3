import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listApiKeysRoute } from '../api.ts';
import { apiKeys } from '../app.ts';
import { apiKeyView } from '../views.ts';

const list = 'api-keys';

/** Returns a page of keys. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listApiKeysRoute, async ({ query: { limit, cursor } }) => {
  const found = await apiKeys().list(decodeCursor(list, z.uuid(), cursor), limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(apiKeyView),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.id) }),
  });
});
