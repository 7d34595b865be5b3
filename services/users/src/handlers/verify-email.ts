import { httpHandler } from '#shared/lambda/http.ts';
import { verifyEmailRoute } from '../api.ts';
import {
  clock,
  commandMeta,
  devices,
  inTransaction,
  issueAccessToken,
  limits,
  mailedTokens,
  passwords,
  registrations,
  sessions,
} from '../app.ts';
import { InvalidCredentials } from '../domain/errors.ts';
import { tokensResponse } from '../views.ts';
import { issueTokens } from '../workflows/issue-tokens.ts';
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
    const now = clock();
    const session = await sessions().open(credentials, client, now);
    if (session === undefined) throw new InvalidCredentials('The account has changed meanwhile. Sign in.');
    const issuing = { devices: devices(), issueAccessToken: issueAccessToken() };
    return tokensResponse(await issueTokens(issuing, session, undefined, now));
  },
  limits,
);
