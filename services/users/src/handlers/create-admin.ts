import { createAdminContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { accounts, commandMeta, passwords, users } from '../app.ts';
import { createAdmin } from '../workflows/create-admin.ts';

/** Creates the administrator's account; called by an operator. */
export const handler = callHandler(createAdminContract, ({ email }, cause) =>
  createAdmin({ accounts: accounts(), users: users(), passwords, commandMeta }, email, cause),
);
