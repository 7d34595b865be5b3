import { createUserContract } from '#shared/contracts/users.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { accounts, commandMeta, inTransaction, passwords, registrations } from '../app.ts';
import { createUser } from '../workflows/create-user.ts';

/** Creates an account whose address is confirmed; called by an operator. */
export const handler = callHandler(createUserContract, (request, cause) =>
  createUser(
    { accounts: accounts(), inTransaction: inTransaction(), registrations, passwords, commandMeta },
    request,
    cause,
  ),
);
