import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { createAdminContract } from '#shared/contracts/users.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import { EmailTaken } from '../domain/errors.ts';
import { register } from '../domain/user.ts';
import { hashPassword } from './password-hash.ts';
import type { UserReader } from './user-reader.ts';
import type { UserStore } from './user-store.ts';

/** 144 random bits, written in 24 characters. */
const passwordBytes = 18;

/**
 * Makes an administrator's account with a made-up password, or says that it is there already.
 * @throws EmailTaken if the address belongs to a customer: whoever registered it first must not become administrator
 */
export async function createAdmin(
  accounts: UserReader,
  users: UserStore,
  email: string,
  now: Date,
  cause: Cause,
): Promise<z.input<typeof createAdminContract.answer>> {
  const found = await accounts.byEmail(email);
  if (found?.user.roles.includes('admin')) return { outcome: 'exists', userId: found.user.id, email };
  if (found !== undefined) throw new EmailTaken('This address belongs to an account without that role.');
  const password = randomBytes(passwordBytes).toString('base64url');
  const decided = register(newId(), { email, name: 'Administrator', locale: 'en' }, ['admin'], now, newId());
  const user = await users.add(decided, await hashPassword(password), cause, async () => {});
  return { outcome: 'created', userId: user.id, email, password };
}
