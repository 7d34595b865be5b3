import { httpHandler } from '#shared/lambda/http.ts';
import { sendPasswordResetRoute } from '../api.ts';
import { commandMeta, inTransaction, limits, mailedTokens } from '../app.ts';
import { acceptedResponse } from '../views.ts';
import { sendPasswordReset } from '../workflows/recover-account.ts';

/** Has the owner of an account mailed a token for a new password. */
export const handler = httpHandler(
  sendPasswordResetRoute,
  async ({ params, caller, cause, limits: requestLimits }) => {
    await requestLimits.take('reset-by-staff-account', params.id);
    const deps = { inTransaction: inTransaction(), tokens: mailedTokens(), commandMeta };
    await sendPasswordReset(deps, { userId: params.id, by: caller }, cause);
    return acceptedResponse;
  },
  limits,
);
