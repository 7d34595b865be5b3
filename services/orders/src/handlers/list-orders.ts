import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { orderSummary } from '../answers.ts';
import { listOrders } from '../api.ts';
import { listed } from '../app.ts';
import { listedUser } from '../domain/access.ts';

/** A page of orders; one more than asked is read, to know whether there is a next page. */
export const handler = httpHandler(listOrders, async ({ query, caller }) => {
  const { status, limit } = query;
  const userId = listedUser(caller, query.userId);
  const list = ['orders', userId, status].join(' ');
  const before = decodeCursor(list, z.uuid(), query.cursor);
  const found = await listed().list({ userId, status, before }, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(orderSummary),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.id) }),
  });
});
