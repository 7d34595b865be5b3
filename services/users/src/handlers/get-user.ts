import { httpHandler } from '#shared/lambda/http.ts';
import { getUserRoute } from '../api.ts';
import { accounts } from '../app.ts';
import { UserNotFound } from '../domain/errors.ts';
import { staffAccountResponse } from '../views.ts';

/** Returns an account to staff. */
export const handler = httpHandler(getUserRoute, async ({ params }) => {
  const found = await accounts().byId(params.id);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  return staffAccountResponse(found.user);
});
