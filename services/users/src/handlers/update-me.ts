import { ok } from '#shared/http/response.ts';
import { newId } from '#shared/ids.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { idempotently } from '#shared/postgres/idempotency.ts';
import { updateMeRoute } from '../api.ts';
import { clock, confirmOwner, database, users, withHashedSecret } from '../app.ts';
import { toAccount } from '../domain/account-view.ts';
import { changeContact } from '../domain/user.ts';

/** Changes the caller's contact and announces it. */
export const handler = httpHandler(updateMeRoute, async (request) => {
  const { caller, cause, expectedVersion: version } = request;
  const { currentPassword = '', ...contact } = request.body;
  const idempotency = await withHashedSecret(request.idempotency, currentPassword, [contact, version]);
  return idempotently(database(), idempotency, async (_, complete) => {
    await confirmOwner()(caller.userId, contact.email, currentPassword);
    const user = await users().change(
      caller.userId,
      (current) => changeContact(current, contact, version, clock(), newId()),
      cause,
      (transaction, changed) => complete(transaction, ok(toAccount(changed), changed.version)),
    );
    return ok(toAccount(user), user.version);
  });
});
