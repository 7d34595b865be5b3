import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { revokeUserSessionsRoute } from '../api.ts';
import { clock, inTransaction, sessions } from '../app.ts';
import { revokeUserSessions } from '../workflows/recover-account.ts';

/** Ends all sessions of an account. */
export const handler = httpHandler(revokeUserSessionsRoute, async ({ params, caller, cause }) => {
  const deps = { inTransaction: inTransaction(), sessions: sessions(), clock };
  await revokeUserSessions(deps, { userId: params.id, by: caller }, cause);
  return noContent();
});
