import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listReports } from '../api.ts';
import { archive } from '../app.ts';

/** Lists the daily reports, newest first. */
export const handler = httpHandler(listReports, async ({ query }) => {
  const { items, next } = await archive().list(query.limit, decodeCursor(z.iso.date(), query.cursor));
  return ok({ items, ...(next === undefined ? {} : { nextCursor: encodeCursor(next) }) });
});
