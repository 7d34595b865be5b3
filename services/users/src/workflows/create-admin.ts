import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { CallResult } from '#shared/contracts/contract.ts';
import type { createAdminContract } from '#shared/contracts/users.ts';
import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { UserReader } from '../adapters/user-reader.ts';
import type { UserStore } from '../adapters/user-store.ts';
import { registerUser } from '../domain/user.ts';

/** What the workflow uses. */
export type CreateAdminDeps = {
  accounts: UserReader;
  users: UserStore;
  passwords: Passwords;
  commandMeta: () => CommandMeta;
};

type Contract = typeof createAdminContract;

/** 144 random bits, written in 24 characters. */
const passwordBytes = 18;

/**
 * Creates an administrator's account with a random password, unless it exists. An address that belongs to another
 * account is refused: the person who registered it must not become administrator.
 */
export async function createAdmin(
  { accounts, users, passwords, commandMeta }: CreateAdminDeps,
  email: string,
  cause: Cause,
): Promise<CallResult<z.input<Contract['response']>, z.input<Contract['refusal']>>> {
  const found = await accounts.byEmail(email);
  if (found?.user.roles.includes('admin'))
    return { ok: true, response: { result: 'exists', userId: found.user.id, email } };
  if (found !== undefined)
    return {
      ok: false,
      refusal: { code: 'EMAIL_TAKEN', detail: 'This address belongs to an account without that role.' },
    };
  const password = randomBytes(passwordBytes).toString('base64url');
  const decision = registerUser({
    id: newId(),
    contact: { email, name: 'Administrator', locale: 'en' },
    roles: ['admin'],
    passwordHash: await passwords.hash(password),
    ...commandMeta(),
  });
  const user = await users.create(decision, { cause });
  return { ok: true, response: { result: 'created', userId: user.id, email, password } };
}
