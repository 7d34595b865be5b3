import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { updateMeRoute } from '../api.ts';
import {
  accounts,
  attempts,
  commandMeta,
  idempotencyStore,
  passwords,
  users,
  withHashedPassword,
} from '../app.ts';
import { decideUser, type User } from '../domain/user.ts';
import { accountResponse } from '../views.ts';
import { confirmOwner } from '../workflows/confirm-owner.ts';

/** Changes the caller's contact. */
export const handler = httpHandler(updateMeRoute, async ({ caller, cause, ...request }) => {
  const { expectedVersion } = request;
  const { currentPassword = '', ...contact } = request.body;
  const keyed = await withHashedPassword(request.idempotency, currentPassword, [contact, expectedVersion]);
  return runIdempotently(idempotencyStore(), keyed, async ({ started }) => {
    const deps = { accounts: accounts(), attempts: attempts(), passwords };
    await confirmOwner(deps, caller.userId, contact.email, currentPassword);
    const change = (user: User) =>
      decideUser(user, { kind: 'change-contact', contact, expectedVersion, ...commandMeta() });
    const options = { cause, request: { started, respond: accountResponse } };
    return accountResponse(await users().change(caller.userId, change, options));
  });
});
