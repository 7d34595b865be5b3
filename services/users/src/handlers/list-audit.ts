import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listAuditRoute } from '../api.ts';
import { auditEntries } from '../app.ts';
import { auditEntryView } from '../views.ts';

/** Returns a page of the audit log. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listAuditRoute, async ({ query }) => {
  const { limit, cursor, since, until, ...filter } = query;
  const times = { since: normalised(since), until: normalised(until) };
  const list = JSON.stringify(['audit', filter, times]);
  const before = decodeCursor(list, z.int().min(1), cursor);
  const found = await auditEntries().list({ ...filter, ...times, before }, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(auditEntryView),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.number) }),
  });
});

/** With milliseconds, as entries have them: times are compared as text. */
const normalised = (time: string | undefined) =>
  time === undefined ? undefined : new Date(time).toISOString();
