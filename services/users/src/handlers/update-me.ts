import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { updateMeRoute } from '../api.ts';
import {
  accounts,
  commandMeta,
  idempotencyStore,
  limits,
  passwords,
  users,
  withHashedPassword,
} from '../app.ts';
import { decideUser, type User } from '../domain/user.ts';
import { accountResponse } from '../views.ts';
import { confirmOwner } from '../workflows/confirm-owner.ts';

/** Changes the caller's contact. */
export const handler = httpHandler(
  updateMeRoute,
  async ({ caller, cause, ...request }) => {
    const { expectedVersion } = request;
    const { currentPassword = '', ...contact } = request.body;
    const keyed = await withHashedPassword(request.idempotency, currentPassword, [contact, expectedVersion]);
    return runIdempotently(idempotencyStore(), keyed, async ({ started }) => {
      const deps = { accounts: accounts(), limits: limits(), requestLimits: request.limits, passwords };
      const owner = { userId: caller.userId, clientAddress: request.client.address };
      await confirmOwner(deps, owner, contact.email, currentPassword);
      const change = (user: User) =>
        decideUser(user, { kind: 'change-contact', contact, expectedVersion, ...commandMeta() });
      const options = { cause, request: { started, respond: accountResponse } };
      return accountResponse(await users().change(caller.userId, change, options));
    });
  },
  limits,
);
