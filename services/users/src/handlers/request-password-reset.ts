import { httpHandler } from '#shared/lambda/http.ts';
import { requestPasswordResetRoute } from '../api.ts';
import { commandMeta, inTransaction, limits, mailedTokens } from '../app.ts';
import { acceptedResponse } from '../views.ts';
import { requestPasswordReset } from '../workflows/reset-password.ts';

/** Has a mail sent with which the owner of an account chooses a new password. */
export const handler = httpHandler(
  requestPasswordResetRoute,
  async ({ body, cause }) => {
    const deps = { inTransaction: inTransaction(), tokens: mailedTokens(), commandMeta };
    await requestPasswordReset(deps, body.email, cause);
    return acceptedResponse;
  },
  limits,
);
