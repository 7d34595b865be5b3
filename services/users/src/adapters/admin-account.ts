import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { CallResult } from '#shared/contracts/contract.ts';
import type { createAdminContract } from '#shared/contracts/users.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { register } from '../domain/user.ts';
import { hashPassword } from './password-hash.ts';
import type { UserReader } from './user-reader.ts';
import type { UserStore } from './user-store.ts';

/** 144 random bits, written in 24 characters. */
const passwordBytes = 18;

/**
 * Creates an administrator's account with a random password, unless it exists. An address that belongs to another
 * account is refused: whoever registered it first must not become administrator.
 */
export async function createAdmin(
  accounts: UserReader,
  users: UserStore,
  email: string,
  now: Date,
  cause: Cause,
): Promise<
  CallResult<z.input<typeof createAdminContract.response>, z.input<typeof createAdminContract.refusal>>
> {
  const found = await accounts.byEmail(email);
  if (found?.user.roles.includes('admin'))
    return { ok: true, response: { result: 'exists', userId: found.user.id, email } };
  if (found !== undefined)
    return {
      ok: false,
      refusal: { code: 'EMAIL_TAKEN', detail: 'This address belongs to an account without that role.' },
    };
  const password = randomBytes(passwordBytes).toString('base64url');
  const decided = register(newId(), { email, name: 'Administrator', locale: 'en' }, ['admin'], now, newId());
  const user = await users.add(decided, await hashPassword(password), cause, async () => {});
  return { ok: true, response: { result: 'created', userId: user.id, email, password } };
}
