import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { confirmSecondFactorRoute } from '../api.ts';
import { clock, factorsIn, inTransaction, secondFactorSecrets, sessions } from '../app.ts';
import { confirmSecondFactor } from '../workflows/second-factor.ts';

/** Activates the caller's second factor. */
export const handler = httpHandler(confirmSecondFactorRoute, async ({ body, caller, cause }) => {
  const deps = {
    inTransaction: inTransaction(),
    factorsIn,
    secrets: secondFactorSecrets(),
    sessions: sessions(),
    clock,
  };
  const { userId, credential } = caller;
  const recoveryCodes = await confirmSecondFactor(deps, { userId, sessionId: credential.id, ...body }, cause);
  return ok({ recoveryCodes });
});
