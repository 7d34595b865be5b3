import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getSecondFactorRoute } from '../api.ts';
import { accounts, config, database, factorsIn } from '../app.ts';
import { UserNotFound } from '../domain/errors.ts';

/** Returns the state of the caller's second factor. */
export const handler = httpHandler(getSecondFactorRoute, async ({ caller }) => {
  const [found, factor] = await Promise.all([
    accounts().byId(caller.userId),
    factorsIn(database()).find(caller.userId),
  ]);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  return ok({
    state: factor?.state ?? 'none',
    required: found.user.roles.some((role) => config.SECOND_FACTOR_ROLES.includes(role)),
    recoveryCodes: factor?.recoveryCodes ?? 0,
  });
});
