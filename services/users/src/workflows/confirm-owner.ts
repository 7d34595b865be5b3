import type { Passwords } from '../adapters/password-hash.ts';
import type { Credentials, UserReader } from '../adapters/user-reader.ts';
import { UserNotFound, WrongPassword } from '../domain/errors.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';

/** What the workflow uses. */
export type ConfirmOwnerDeps = CheckPasswordDeps & {
  accounts: UserReader;
  passwords: Passwords;
};

/**
 * Requires the current password to change credentials, so that access to a signed-in device is not enough. Wrong ones are
 * counted by account, apart from sign-ins: strangers cannot use the limit up. Returns what the password was checked with.
 * @throws UserNotFound, WrongPassword, TooManySignIns
 */
export async function confirmOwner(
  deps: ConfirmOwnerDeps,
  { userId, clientAddress }: { userId: string; clientAddress: string },
  currentPassword: string,
): Promise<Credentials> {
  const { accounts, passwords } = deps;
  const found = await accounts.byId(userId);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  const attempt = {
    email: found.user.email,
    clientAddress,
    countedBy: [['current-password-account', userId]],
  } as const;
  const isRight = await checkPassword(deps, attempt, () =>
    passwords.match(currentPassword, found.passwordHash),
  );
  if (!isRight)
    throw new WrongPassword('The current password is wrong.', {
      subjects: [{ kind: 'currentPassword', message: 'is wrong' }],
    });
  return found;
}
