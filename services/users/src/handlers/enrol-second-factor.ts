import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { enrolSecondFactorRoute } from '../api.ts';
import { limits, secondFactor } from '../app.ts';
import { enrolSecondFactor } from '../workflows/second-factor.ts';

/** Begins to set up the caller's second factor. */
export const handler = httpHandler(
  enrolSecondFactorRoute,
  async ({ body, caller, client, limits: requestLimits }) => {
    const deps = { ...secondFactor(), requestLimits };
    return ok(
      await enrolSecondFactor(deps, { userId: caller.userId, clientAddress: client.address, ...body }),
    );
  },
  limits,
);
