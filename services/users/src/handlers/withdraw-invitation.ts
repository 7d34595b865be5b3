import { noContent } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { withdrawInvitationRoute } from '../api.ts';
import { commandMeta, inTransaction, invitations } from '../app.ts';
import { withdrawInvitation } from '../workflows/invitations.ts';

/** Withdraws an invitation. */
export const handler = httpHandler(withdrawInvitationRoute, async ({ params, cause }) => {
  const deps = { inTransaction: inTransaction(), invitations, commandMeta };
  await withdrawInvitation(deps, params.invitationId, cause);
  return noContent();
});
