import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { CallResult } from '#shared/contracts/contract.ts';
import type { createUserContract } from '#shared/contracts/users.ts';
import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { Registrations } from '../adapters/registrations.ts';
import type { UserReader } from '../adapters/user-reader.ts';
import { registerUser } from '../domain/user.ts';

/** What the workflow uses. */
export type CreateUserDeps = {
  accounts: UserReader;
  inTransaction: AccountTransaction;
  registrations: Registrations;
  passwords: Passwords;
  commandMeta: () => CommandMeta;
};

type Contract = typeof createUserContract;

/** 144 random bits, written in 24 characters. */
const passwordBytes = 18;

/**
 * Creates an account with a random password, unless it exists. An address that belongs to an account without one of the
 * roles is refused: the person who registered it must not get them.
 */
export async function createUser(
  { accounts, inTransaction, registrations, passwords, commandMeta }: CreateUserDeps,
  { email, name, roles }: z.output<Contract['request']>,
  cause: Cause,
): Promise<CallResult<z.input<Contract['response']>, z.input<Contract['refusal']>>> {
  const found = (await accounts.byEmail(email))?.user;
  if (found !== undefined && roles.every((role) => found.roles.includes(role)))
    return { ok: true, response: { result: 'exists', userId: found.id, email } };
  if (found !== undefined)
    return {
      ok: false,
      refusal: { code: 'EMAIL_TAKEN', detail: 'This address belongs to an account without these roles.' },
    };
  const password = randomBytes(passwordBytes).toString('base64url');
  const decision = registerUser({
    id: newId(),
    contact: { email, name, locale: 'en' },
    roles,
    passwordHash: await passwords.hash(password),
    ...commandMeta(),
  });
  const user = await inTransaction(async ({ transaction, users }) => {
    await registrations.deleteAll(transaction, email);
    return users.create(decision, { cause });
  });
  return { ok: true, response: { result: 'created', userId: user.id, email, password } };
}
