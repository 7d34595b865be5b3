import { InvalidRequest } from '#shared/errors.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { UserReader } from '../adapters/user-reader.ts';
import { WrongPassword } from '../domain/errors.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';

/** What the workflow uses. */
export type ConfirmOwnerDeps = CheckPasswordDeps & {
  accounts: UserReader;
  passwords: Passwords;
};

/**
 * Requires the current password to change the e-mail address, so that access to a signed-in device is not enough. Wrong
 * ones are counted by account, apart from sign-ins: strangers cannot use the limit up.
 * @throws InvalidRequest if the password is missing; WrongPassword; TooManySignIns
 */
export async function confirmOwner(
  deps: ConfirmOwnerDeps,
  { userId, clientAddress }: { userId: string; clientAddress: string },
  newEmail: string,
  currentPassword: string,
): Promise<void> {
  const { accounts, passwords } = deps;
  const found = await accounts.byId(userId);
  if (found === undefined || found.user.email === newEmail) return;
  if (currentPassword === '')
    throw new InvalidRequest('The current password is required to change the e-mail address.', {
      subjects: [{ kind: 'currentPassword', message: 'is required to change the e-mail address' }],
    });
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
}
