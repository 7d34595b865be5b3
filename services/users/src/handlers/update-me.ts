import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { updateMeRoute } from '../api.ts';
import { commandMeta, idempotencyStore, users } from '../app.ts';
import { decideUser, type User } from '../domain/user.ts';
import { accountResponse } from '../views.ts';

/** Changes the caller's profile. */
export const handler = httpHandler(
  updateMeRoute,
  ({ caller, cause, body: profile, expectedVersion, idempotency }) =>
    runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
      const change = (user: User) =>
        decideUser(user, { kind: 'change-profile', profile, expectedVersion, ...commandMeta() });
      const options = { cause, request: { started, respond: accountResponse } };
      return accountResponse(await users().change(caller.userId, change, options));
    }),
);
