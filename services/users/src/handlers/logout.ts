import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { logoutRoute } from '../api.ts';
import { clock, sessions } from '../app.ts';

/** Ends a session by revoking its token family. */
export const handler = httpHandler(logoutRoute, async ({ body }) => {
  await sessions().close(body.refreshToken, clock());
  return noContent();
});
