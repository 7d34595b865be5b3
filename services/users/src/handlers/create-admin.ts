import { createAdminContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { createAdmin } from '../adapters/admin-account.ts';
import { clock, database, users } from '../app.ts';

/** Makes the administrator's account with a password that is told once; called by an operator. */
export const handler = callHandler(createAdminContract, ({ email }, cause) =>
  createAdmin(database(), users(), email, clock(), cause),
);
