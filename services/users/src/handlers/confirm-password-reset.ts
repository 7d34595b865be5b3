import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { confirmPasswordResetRoute } from '../api.ts';
import { commandMeta, inTransaction, limits, mailedTokens, passwords } from '../app.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { confirmPasswordReset } from '../workflows/reset-password.ts';

/** Sets a new password by the token of a mail. */
export const handler = httpHandler(
  confirmPasswordResetRoute,
  async ({ body, cause }) => {
    refuseGuessable(body.newPassword, 'newPassword');
    const deps = { inTransaction: inTransaction(), tokens: mailedTokens(), commandMeta, passwords };
    await confirmPasswordReset(deps, body, cause);
    return noContent();
  },
  limits,
);
