import { httpHandler } from '#shared/lambda/http.ts';
import { resendVerificationRoute } from '../api.ts';
import { commandMeta, inTransaction, limits, mailedTokens, registrations } from '../app.ts';
import { acceptedResponse } from '../views.ts';
import { resendVerification } from '../workflows/resend-verification.ts';

/** Has another mail sent that asks to confirm the address of a registration. */
export const handler = httpHandler(
  resendVerificationRoute,
  async ({ body, cause }) => {
    const deps = { inTransaction: inTransaction(), registrations, tokens: mailedTokens(), commandMeta };
    await resendVerification(deps, body.email, cause);
    return acceptedResponse;
  },
  limits,
);
