import { httpHandler } from '#shared/lambda/http.ts';
import { acceptInvitationRoute } from '../api.ts';
import {
  commandMeta,
  firstSession,
  inTransaction,
  invitations,
  limits,
  mailedTokens,
  passwords,
  registrations,
} from '../app.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { tokensResponse } from '../views.ts';
import { openFirstSession } from '../workflows/first-session.ts';
import { acceptInvitation } from '../workflows/invitations.ts';

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
    return tokensResponse(await openFirstSession(firstSession(), credentials, client));
  },
  limits,
);
