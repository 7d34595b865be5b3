import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { resetSecondFactorRoute } from '../api.ts';
import { clock, factorsIn, inTransaction, sessions } from '../app.ts';
import { resetSecondFactor } from '../workflows/recover-account.ts';

/** Removes the second factor of a user who lost it. */
export const handler = httpHandler(resetSecondFactorRoute, async ({ params, caller, cause }) => {
  const deps = { inTransaction: inTransaction(), factorsIn, sessions: sessions(), clock };
  await resetSecondFactor(deps, { userId: params.id, by: caller }, cause);
  return noContent();
});
