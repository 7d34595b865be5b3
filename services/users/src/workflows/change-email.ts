import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Credentials } from '../adapters/user-reader.ts';
import { InvalidMailToken, WrongPassword } from '../domain/errors.ts';
import { knownEmailGiven, verificationRequested } from '../domain/mail-events.ts';
import { decideUser, type User } from '../domain/user.ts';

/** What the workflows use. */
export type ChangeEmailDeps = {
  inTransaction: AccountTransaction;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/**
 * Has the owner of a new address asked to confirm it; a newer request replaces this one. If the address belongs to
 * another account, its owner is told instead, and the caller does not learn that. The own address needs no mail.
 * @throws WrongPassword if the password has changed since it was checked
 */
export async function requestEmailChange(
  { inTransaction, tokens, commandMeta }: ChangeEmailDeps,
  { user, passwordHash }: Credentials,
  email: string,
  cause: Cause,
): Promise<void> {
  if (email === user.email) return;
  const meta = commandMeta();
  await inTransaction(async ({ transaction, accounts, announce }) => {
    // Locked, so that a change of the password makes the token obsolete or is seen here.
    if (!(await accounts.lockUnchanged(user.id, passwordHash)))
      throw new WrongPassword('The password was changed meanwhile.');
    const owner = (await accounts.byEmail(email))?.user;
    const tokenId = await tokens.issue(transaction, 'change-email', { subjectId: user.id, email }, meta.at);
    const subject = { userId: user.id, email, locale: user.locale, tokenId };
    const mail =
      owner === undefined
        ? verificationRequested('change-email', subject, meta)
        : knownEmailGiven(owner, meta);
    await announce([mail], cause);
  });
}

/**
 * Makes the address that a token was mailed to the caller's. The caller must be signed in to the account: the owner of a
 * mailbox who opens a link does not confirm it for a stranger's account.
 * @throws InvalidMailToken; EmailTaken if the address has become another account's meanwhile
 */
export function confirmEmailChange(
  { inTransaction, tokens, commandMeta }: ChangeEmailDeps,
  { userId, token, keptSession }: { userId: string; token: string; keptSession: string },
  cause: Cause,
): Promise<User> {
  const meta = commandMeta();
  return inTransaction(async ({ transaction, users }) => {
    const holder = await tokens.redeem(transaction, 'change-email', token, meta.at);
    if (holder?.subjectId !== userId)
      throw new InvalidMailToken('This link is not valid any more, or is for another account.');
    const { email } = holder;
    return users.change(
      userId,
      (user) => decideUser(user, { kind: 'change-email', email, keptSession, ...meta }),
      { cause },
    );
  });
}
