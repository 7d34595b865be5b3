import * as z from 'zod';
import { canonicalEmail } from '#shared/email.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listUsersRoute } from '../api.ts';
import { directory } from '../app.ts';
import { staffAccountView } from '../views.ts';

/** Returns a page of accounts. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listUsersRoute, async ({ query }) => {
  const { limit, cursor, email, ...rest } = query;
  const filter = { ...rest, email: email === undefined ? undefined : canonicalEmail(email) };
  const list = JSON.stringify(['users', filter]);
  const before = decodeCursor(list, z.uuid(), cursor);
  const found = await directory().list({ ...filter, before }, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(staffAccountView),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.id) }),
  });
});
