import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { revokeOtherSessionsRoute } from '../api.ts';
import { clock, ownSessions } from '../app.ts';

/** Ends all sessions of the caller but the one of the request. */
export const handler = httpHandler(revokeOtherSessionsRoute, async ({ caller, cause }) => {
  await ownSessions().revokeOthers(caller.userId, caller.credential.id, clock(), cause);
  return noContent();
});
