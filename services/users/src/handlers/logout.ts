import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { logoutRoute } from '../api.ts';
import { sessions } from '../app.ts';

/** Ends a session. */
export const handler = httpHandler(logoutRoute, async ({ body }) => {
  await sessions().close(body.refreshToken);
  return noContent();
});
