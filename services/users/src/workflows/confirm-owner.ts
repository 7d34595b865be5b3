import { InvalidRequest } from '#shared/errors.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { SignInAttempts } from '../adapters/sign-in-attempts.ts';
import type { UserReader } from '../adapters/user-reader.ts';
import { WrongPassword } from '../domain/errors.ts';

/** What the workflow uses. */
export type ConfirmOwnerDeps = {
  accounts: UserReader;
  attempts: SignInAttempts;
  passwords: Passwords;
};

/**
 * Requires the current password to change the e-mail address, so that access to a signed-in device is not enough. A
 * wrong password counts as an attempt to sign in.
 * @throws InvalidRequest if the password is missing; WrongPassword; TooManySignIns
 */
export async function confirmOwner(
  { accounts, attempts, passwords }: ConfirmOwnerDeps,
  userId: string,
  newEmail: string,
  currentPassword: string,
): Promise<void> {
  const found = await accounts.byId(userId);
  if (found === undefined || found.user.email === newEmail) return;
  if (currentPassword === '')
    throw new InvalidRequest('The current password is required to change the e-mail address.', {
      subjects: [{ kind: 'currentPassword', message: 'is required to change the e-mail address' }],
    });
  const isRight = await attempts.check(found.user.email, () =>
    passwords.match(currentPassword, found.passwordHash),
  );
  if (!isRight)
    throw new WrongPassword('The current password is wrong.', {
      subjects: [{ kind: 'currentPassword', message: 'is wrong' }],
    });
}
