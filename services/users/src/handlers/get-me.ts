import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getMeRoute } from '../api.ts';
import { accounts } from '../app.ts';
import { toAccount } from '../domain/account-view.ts';
import { UserNotFound } from '../domain/errors.ts';

/** Shows the caller's own account. */
export const handler = httpHandler(getMeRoute, async ({ caller }) => {
  const found = await accounts().byId(caller.userId);
  if (found === undefined) throw new UserNotFound('This account is not there (any more).');
  return ok(toAccount(found.user), found.user.version);
});
