import type { CommandMeta } from '#shared/decider.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import { InvalidMailToken } from '../domain/errors.ts';
import { mailIgnored, resetRequested } from '../domain/mail-events.ts';
import { decideUser } from '../domain/user.ts';

/** What the workflows use. */
export type ResetPasswordDeps = {
  inTransaction: AccountTransaction;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/**
 * Requests a mail with a token to the owner of an account. An address without an account, or with a disabled one, causes
 * the same work: its token is stored and not mailed.
 */
export async function requestPasswordReset(
  { inTransaction, tokens, commandMeta }: ResetPasswordDeps,
  email: string,
  cause: Cause,
): Promise<void> {
  const meta = commandMeta();
  await inTransaction(async ({ transaction, accounts, announce }) => {
    const user = (await accounts.signInAccount(email))?.user;
    const holder = { subjectId: user?.id ?? newId(), email: user?.email ?? '' };
    const tokenId = await tokens.issue(transaction, 'reset-password', holder, meta.at);
    const mail =
      user === undefined
        ? mailIgnored('reset-password', meta)
        : resetRequested({ ...user, userId: user.id, tokenId }, meta);
    await announce([mail], cause);
  });
}

const invalid = () => new InvalidMailToken('This link is not valid any more. Request another mail.');

/**
 * Sets the password of the account that a token was mailed to. All its sessions end: whoever had the password before is
 * signed out. It signs nobody in: a second factor is still required.
 * @throws InvalidMailToken
 */
export async function confirmPasswordReset(
  { inTransaction, tokens, commandMeta, passwords }: ResetPasswordDeps & { passwords: Passwords },
  { token, newPassword }: { token: string; newPassword: string },
  cause: Cause,
): Promise<void> {
  const meta = commandMeta();
  const isValid = await inTransaction(({ transaction }) =>
    tokens.find(transaction, 'reset-password', token, meta.at),
  );
  if (!isValid) throw invalid();
  const passwordHash = await passwords.hash(newPassword);
  await inTransaction(async ({ transaction, users }) => {
    const holder = await tokens.redeem(transaction, 'reset-password', token, meta.at);
    if (holder === undefined) throw invalid();
    await users.change(
      holder.subjectId,
      (user) => decideUser(user, { kind: 'reset-password', passwordHash, ...meta }),
      { cause },
    );
  });
}
