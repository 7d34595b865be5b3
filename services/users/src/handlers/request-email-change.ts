import { httpHandler } from '#shared/lambda/http.ts';
import { requestEmailChangeRoute } from '../api.ts';
import { accounts, commandMeta, inTransaction, limits, mailedTokens, passwords } from '../app.ts';
import { acceptedResponse } from '../views.ts';
import { requestEmailChange } from '../workflows/change-email.ts';
import { confirmOwner } from '../workflows/confirm-owner.ts';

/** Has the owner of a new address asked to confirm it. */
export const handler = httpHandler(
  requestEmailChangeRoute,
  async ({ caller, cause, client, body: { email, currentPassword }, limits: requestLimits }) => {
    const confirming = { accounts: accounts(), limits: limits(), requestLimits, passwords };
    const owner = { userId: caller.userId, clientAddress: client.address };
    const credentials = await confirmOwner(confirming, owner, currentPassword);
    const deps = { inTransaction: inTransaction(), tokens: mailedTokens(), commandMeta };
    await requestEmailChange(deps, credentials, email, cause);
    return acceptedResponse;
  },
  limits,
);
