import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listReportsRoute } from '../api.ts';
import { archive } from '../app.ts';

/** Lists the daily reports, newest first. */
export const handler = httpHandler(listReportsRoute, async ({ query }) => {
  const before = decodeCursor('reports', z.iso.date(), query.cursor);
  const { items, next } = await archive().list(query.limit, before);
  return ok({ items, ...(next === undefined ? {} : { nextCursor: encodeCursor('reports', next) }) });
});
