import type { Clock } from '#shared/clock.ts';
import { InvalidRequest } from '#shared/errors.ts';
import { WrongPassword } from '../domain/errors.ts';
import { passwordMatches } from './password-hash.ts';
import type { SignInAttempts } from './sign-in-attempts.ts';
import type { UserReader } from './user-reader.ts';

/**
 * Makes sure that it is the owner, not just somebody at a signed-in device, who moves an account to another e-mail
 * address. Wrong passwords count as attempts to sign in.
 * @throws InvalidRequest if the password is missing; WrongPassword; TooManySignIns
 */
export type ConfirmOwner = (userId: string, newEmail: string, currentPassword: string) => Promise<void>;

/** See {@link ConfirmOwner}. */
export const ownerConfirmation =
  (accounts: UserReader, attempts: SignInAttempts, clock: Clock): ConfirmOwner =>
  async (userId, newEmail, currentPassword) => {
    const found = await accounts.byId(userId);
    if (found === undefined || found.user.email === newEmail) return;
    if (currentPassword === '')
      throw new InvalidRequest('currentPassword: is required to change the e-mail address', {
        subjects: [{ kind: 'currentPassword', message: 'is required to change the e-mail address' }],
      });
    await attempts.count(found.user.email, clock());
    if (!(await passwordMatches(currentPassword, found.passwordHash)))
      throw new WrongPassword('The current password is wrong.', {
        subjects: [{ kind: 'currentPassword', message: 'is wrong' }],
      });
    await attempts.forget(found.user.email);
  };
