import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listSessionsRoute } from '../api.ts';
import { ownSessions } from '../app.ts';
import { sessionView } from '../views.ts';

const list = 'sessions';

/** Returns a page of the caller's sessions. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listSessionsRoute, async ({ query: { limit, cursor }, caller }) => {
  const before = decodeCursor(list, z.uuid(), cursor);
  const found = await ownSessions().list(caller.userId, before, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map((session) => sessionView(session, caller.credential.id)),
    ...(last === undefined ? {} : { nextCursor: encodeCursor(list, last.id) }),
  });
});
