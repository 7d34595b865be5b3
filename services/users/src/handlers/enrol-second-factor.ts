import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { enrolSecondFactorRoute } from '../api.ts';
import { accounts, clock, factorsIn, inTransaction, limits, passwords, secondFactorSecrets } from '../app.ts';
import { enrolSecondFactor } from '../workflows/second-factor.ts';

/** Begins to set up the caller's second factor. */
export const handler = httpHandler(
  enrolSecondFactorRoute,
  async ({ body, caller, client, limits: requestLimits }) => {
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
    return ok(
      await enrolSecondFactor(deps, { userId: caller.userId, clientAddress: client.address, ...body }),
    );
  },
  limits,
);
