import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { removeSecondFactorRoute } from '../api.ts';
import { accounts, clock, factorsIn, inTransaction, limits, passwords, secondFactorSecrets } from '../app.ts';
import { removeSecondFactor } from '../workflows/second-factor.ts';

/** Removes the caller's second factor. */
export const handler = httpHandler(
  removeSecondFactorRoute,
  async ({ body, caller, client, cause, limits: requestLimits }) => {
    const deps = {
      accounts: accounts(),
      passwords,
      limits: limits(),
      requestLimits,
      inTransaction: inTransaction(),
      factorsIn,
      secrets: secondFactorSecrets(),
      clock,
    };
    const owner = { userId: caller.userId, clientAddress: client.address, ...body };
    await removeSecondFactor(deps, owner, cause);
    return noContent();
  },
  limits,
);
