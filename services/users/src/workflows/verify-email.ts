import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { Registrations } from '../adapters/registrations.ts';
import type { Credentials } from '../adapters/user-reader.ts';
import { InvalidMailToken, WrongPassword } from '../domain/errors.ts';
import { registerUser } from '../domain/user.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';

/** What the workflow uses. */
export type VerifyEmailDeps = CheckPasswordDeps & {
  passwords: Passwords;
  inTransaction: AccountTransaction;
  registrations: Registrations;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/** What a client sends. */
export type VerifyEmailRequest = { token: string; password: string; clientAddress: string };

const invalid = () =>
  new InvalidMailToken('This link is not valid any more. Register again, or request another mail.');

/**
 * Turns a registration into an account. It requires the password of this registration: otherwise whoever registers a
 * stranger's address with a password of their own would only wait until the stranger clicks the link.
 * @throws InvalidMailToken, WrongPassword, TooManySignIns; EmailTaken if the address has become an account's meanwhile
 */
export async function verifyEmail(
  deps: VerifyEmailDeps,
  { token, password, clientAddress }: VerifyEmailRequest,
  cause: Cause,
): Promise<Credentials> {
  const { passwords, inTransaction, registrations, tokens, commandMeta } = deps;
  const meta = commandMeta();
  const registration = await inTransaction(async ({ transaction }) => {
    const holder = await tokens.find(transaction, 'verify-email', token, meta.at);
    return holder && registrations.byId(transaction, holder.subjectId, meta.at);
  });
  if (registration === undefined) throw invalid();
  const { id, contact, passwordHash } = registration;
  const attempt = {
    email: contact.email,
    clientAddress,
    countedBy: [['current-password-account', id]],
  } as const;
  if (!(await checkPassword(deps, attempt, () => passwords.match(password, passwordHash))))
    throw new WrongPassword('The password is not that of this registration.', {
      subjects: [{ kind: 'password', message: 'is not that of this registration' }],
    });
  return inTransaction(async ({ transaction, users }) => {
    if ((await tokens.redeem(transaction, 'verify-email', token, meta.at)) === undefined) throw invalid();
    const decision = registerUser({ id, contact, roles: ['customer'], passwordHash, ...meta });
    const user = await users.create(decision, { cause });
    await registrations.deleteAll(transaction, contact.email);
    return { user, passwordHash };
  });
}
