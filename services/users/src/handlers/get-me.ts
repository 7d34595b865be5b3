import { httpHandler } from '#shared/lambda/http.ts';
import { getMeRoute } from '../api.ts';
import { accounts } from '../app.ts';
import { UserNotFound } from '../domain/errors.ts';
import { accountResponse } from '../views.ts';

/** Returns the caller's own account. */
export const handler = httpHandler(getMeRoute, async ({ caller }) => {
  const found = await accounts().byId(caller.userId);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  return accountResponse(found.user);
});
