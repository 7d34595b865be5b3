import { httpHandler } from '#shared/lambda/http.ts';
import { refreshRoute } from '../api.ts';
import { clock, issueAccessToken, limits, sessions } from '../app.ts';
import { tokensResponse } from '../views.ts';

/** Continues a session. */
export const handler = httpHandler(
  refreshRoute,
  async ({ body, cause, limits: requestLimits }) => {
    const now = clock();
    const accountId = await sessions().accountOf(body.refreshToken);
    // Before the token is used: a client that is refused has not lost it.
    if (accountId !== undefined) await requestLimits.take('refresh-account', accountId);
    const { id, user, refreshToken } = await sessions().refresh(body.refreshToken, now, cause);
    return tokensResponse({ accessToken: await issueAccessToken()(user.id, id, now), refreshToken });
  },
  limits,
);
