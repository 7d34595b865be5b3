import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#shared/http/cursor.ts';
import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listInvitationsRoute } from '../api.ts';
import { clock, database, invitations } from '../app.ts';
import { invitationView } from '../views.ts';

/** Returns a page of invitations. It reads one more than the limit, to know whether there is a next page. */
export const handler = httpHandler(listInvitationsRoute, async ({ query: { limit, cursor } }) => {
  const before = decodeCursor('invitations', z.uuid(), cursor);
  const found = await invitations.list(database(), before, limit + 1, clock());
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return ok({
    items: page.map(invitationView),
    ...(last === undefined ? {} : { nextCursor: encodeCursor('invitations', last.id) }),
  });
});
