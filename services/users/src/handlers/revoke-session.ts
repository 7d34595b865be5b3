import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { revokeSessionRoute } from '../api.ts';
import { clock, ownSessions } from '../app.ts';
import { SessionNotFound } from '../domain/errors.ts';

/** Ends one of the caller's sessions. */
export const handler = httpHandler(revokeSessionRoute, async ({ params, caller, cause }) => {
  if (!(await ownSessions().revoke(caller.userId, params.sessionId, clock(), cause)))
    throw new SessionNotFound('You have no such session.');
  return noContent();
});
