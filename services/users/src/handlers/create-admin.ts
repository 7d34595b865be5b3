import { createAdminContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { makeAdmin } from '../app.ts';

/** Makes the administrator's account with a password that is told once; called by an operator. */
export const handler = callHandler(createAdminContract, ({ email }, cause) => makeAdmin(email, cause));
