import { httpHandler } from '#shared/lambda/http.ts';
import { acceptInvitationRoute } from '../api.ts';
import {
  clock,
  commandMeta,
  devices,
  inTransaction,
  invitations,
  issueAccessToken,
  limits,
  mailedTokens,
  passwords,
  registrations,
  sessions,
} from '../app.ts';
import { InvalidCredentials } from '../domain/errors.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { tokensResponse } from '../views.ts';
import { acceptInvitation } from '../workflows/invitations.ts';
import { issueTokens } from '../workflows/issue-tokens.ts';

/** Accepts an invitation, which becomes an account, and signs in. */
export const handler = httpHandler(
  acceptInvitationRoute,
  async ({ body, client, cause }) => {
    refuseGuessable(body.password);
    const deps = {
      inTransaction: inTransaction(),
      invitations,
      tokens: mailedTokens(),
      commandMeta,
      passwords,
      registrations,
    };
    const credentials = await acceptInvitation(deps, body, cause);
    const now = clock();
    const session = await sessions().open(credentials, client, now);
    if (session === undefined) throw new InvalidCredentials('The account has changed meanwhile. Sign in.');
    const issuing = { devices: devices(), issueAccessToken: issueAccessToken() };
    return tokensResponse(await issueTokens(issuing, session, undefined, now));
  },
  limits,
);
