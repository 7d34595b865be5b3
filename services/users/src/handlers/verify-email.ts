import { httpHandler } from '#shared/lambda/http.ts';
import { verifyEmailRoute } from '../api.ts';
import {
  commandMeta,
  firstSession,
  inTransaction,
  limits,
  mailedTokens,
  passwords,
  registrations,
} from '../app.ts';
import { tokensResponse } from '../views.ts';
import { openFirstSession } from '../workflows/first-session.ts';
import { verifyEmail } from '../workflows/verify-email.ts';

/** Confirms the address of a registration, which becomes an account, and signs in. */
export const handler = httpHandler(
  verifyEmailRoute,
  async ({ body, client, cause, limits: requestLimits }) => {
    const deps = {
      limits: limits(),
      requestLimits,
      passwords,
      inTransaction: inTransaction(),
      registrations,
      tokens: mailedTokens(),
      commandMeta,
    };
    const credentials = await verifyEmail(deps, { ...body, clientAddress: client.address }, cause);
    return tokensResponse(await openFirstSession(firstSession(), credentials, client));
  },
  limits,
);
