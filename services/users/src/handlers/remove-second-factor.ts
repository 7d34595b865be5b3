import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { removeSecondFactorRoute } from '../api.ts';
import { limits, secondFactor } from '../app.ts';
import { removeSecondFactor } from '../workflows/second-factor.ts';

/** Removes the caller's second factor. */
export const handler = httpHandler(
  removeSecondFactorRoute,
  async ({ body, caller, client, cause, limits: requestLimits }) => {
    const deps = { ...secondFactor(), requestLimits };
    const owner = { userId: caller.userId, clientAddress: client.address, ...body };
    await removeSecondFactor(deps, owner, cause);
    return noContent();
  },
  limits,
);
