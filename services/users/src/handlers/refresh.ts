import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { refreshRoute } from '../api.ts';
import { clock, issueAccessToken, sessions } from '../app.ts';
import { toTokens } from '../domain/tokens-view.ts';

/** Goes on with a session, with the roles that the account has now. */
export const handler = httpHandler(refreshRoute, async ({ body }) => {
  const now = clock();
  const { user, refreshToken } = await sessions().refresh(body.refreshToken, now);
  return ok(toTokens(await issueAccessToken()(user, now), refreshToken));
});
