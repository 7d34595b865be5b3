import { httpHandler } from '#shared/lambda/http.ts';
import { refreshRoute } from '../api.ts';
import { clock, issueAccessToken, sessions } from '../app.ts';
import { tokensResponse } from '../views.ts';

/** Continues a session, with the roles that the account has now. */
export const handler = httpHandler(refreshRoute, async ({ body }) => {
  const now = clock();
  const { id, user, refreshToken } = await sessions().refresh(body.refreshToken, now);
  return tokensResponse(await issueAccessToken()(user, id, now), refreshToken);
});
