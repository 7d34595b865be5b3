import { created } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { inviteStaffRoute } from '../api.ts';
import { commandMeta, inTransaction, invitations, mailedTokens } from '../app.ts';
import { invitationView } from '../views.ts';
import { inviteStaff } from '../workflows/invitations.ts';

/** Invites somebody to work for the shop. */
export const handler = httpHandler(inviteStaffRoute, async ({ body, caller, cause }) => {
  const deps = { inTransaction: inTransaction(), invitations, tokens: mailedTokens(), commandMeta };
  const invitation = await inviteStaff(deps, { ...body, by: caller }, cause);
  return created(invitationView(invitation), '/api/v1/users/invitations');
});
