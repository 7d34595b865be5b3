import { noContent } from '#shared/http/response.ts';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { changePasswordRoute } from '../api.ts';
import {
  accounts,
  commandMeta,
  idempotencyStore,
  limits,
  passwords,
  users,
  withHashedPassword,
} from '../app.ts';
import { refuseGuessable } from '../domain/guessable-password.ts';
import { decideUser } from '../domain/user.ts';
import { confirmOwner } from '../workflows/confirm-owner.ts';

/** Changes the caller's password. */
export const handler = httpHandler(
  changePasswordRoute,
  async ({ caller, cause, client, body: { currentPassword, newPassword }, ...request }) => {
    refuseGuessable(newPassword, 'newPassword');
    const both = JSON.stringify([currentPassword, newPassword]);
    const keyed = await withHashedPassword(request.idempotency, both, []);
    return runIdempotently(idempotencyStore(), keyed, async ({ started }) => {
      const { userId, credential } = caller;
      const deps = { accounts: accounts(), limits: limits(), requestLimits: request.limits, passwords };
      const owner = { userId, clientAddress: client.address };
      const { passwordHash: checkedHash } = await confirmOwner(deps, owner, currentPassword);
      const hashes = { checkedHash, passwordHash: await passwords.hash(newPassword) };
      const command = { kind: 'change-password', ...hashes, keptSession: credential.id } as const;
      await users().change(userId, (user) => decideUser(user, { ...command, ...commandMeta() }), {
        cause,
        request: { started, respond: noContent },
      });
      return noContent();
    });
  },
  limits,
);
