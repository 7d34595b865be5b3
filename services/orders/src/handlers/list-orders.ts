import * as z from 'zod';
import { Forbidden } from '#shared/errors.ts';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listOrdersRoute } from '../api.ts';
import { replicaReader } from '../app.ts';
import { listedUserId, mayListOrdersOf } from '../domain/access.ts';
import { orderSummary } from '../views.ts';

/** Returns a page of orders. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listOrdersRoute, async ({ query, caller }) => {
  const { status, limit } = query;
  if (!mayListOrdersOf(caller, query.userId))
    throw new Forbidden("Only staff may list another customer's orders.");
  const userId = listedUserId(caller, query.userId);
  const list = ['orders', userId, status].join(' ');
  const before = decodeCursor(list, z.uuid(), query.cursor);
  const found = await replicaReader().list({ userId, status, before }, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(orderSummary),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.id) }),
  });
});
