import { httpHandler } from '#shared/lambda/http.ts';
import { confirmEmailChangeRoute } from '../api.ts';
import { commandMeta, inTransaction, limits, mailedTokens } from '../app.ts';
import { accountResponse } from '../views.ts';
import { confirmEmailChange } from '../workflows/change-email.ts';

/** Makes a new address the caller's. */
export const handler = httpHandler(
  confirmEmailChangeRoute,
  async ({ caller, cause, body: { token } }) => {
    const deps = { inTransaction: inTransaction(), tokens: mailedTokens(), commandMeta };
    const request = { userId: caller.userId, token, keptSession: caller.credential.id };
    return accountResponse(await confirmEmailChange(deps, request, cause));
  },
  limits,
);
