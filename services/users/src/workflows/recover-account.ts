import type { Clock } from '#shared/clock.ts';
import type { CommandMeta } from '#shared/decider.ts';
import { Forbidden } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import type { AccountTransaction, OpenAccountTransaction } from '../adapters/account-transaction.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { SecondFactorsIn } from '../adapters/second-factor-store.ts';
import type { SessionStore } from '../adapters/session-store.ts';
import { UserNotFound } from '../domain/errors.ts';
import { resetRequested } from '../domain/mail-events.ts';
import { refusalToActOn, type StaffCaller } from '../domain/staff.ts';
import type { User } from '../domain/user.ts';
import { recordOf } from './check-second-factor.ts';

/** What the workflows use. */
export type RecoverAccountDeps = {
  inTransaction: AccountTransaction;
  factorsIn: SecondFactorsIn;
  sessions: SessionStore;
  clock: Clock;
};

export type SendPasswordResetDeps = {
  inTransaction: AccountTransaction;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

/** An account, and who acts on it. */
export type Recovery = { userId: string; by: StaffCaller };

/** Ends all sessions of an account. @throws UserNotFound, OwnAccount, Forbidden */
export const revokeUserSessions = (
  deps: Omit<RecoverAccountDeps, 'factorsIn'>,
  recovery: Recovery,
  cause: Cause,
) =>
  deps.inTransaction(async (on) => {
    const user = await accountOf(on, recovery);
    await deps.sessions.revokeAll(on.transaction, user.id);
    await on.announce([recordOf('revoke-user-sessions', user.id, deps.clock())], cause);
  });

/**
 * Removes the second factor of a user who lost the device and the recovery codes, and ends all sessions. Without one it
 * changes nothing.
 * @throws UserNotFound, OwnAccount, Forbidden
 */
export const resetSecondFactor = (deps: RecoverAccountDeps, recovery: Recovery, cause: Cause) =>
  deps.inTransaction(async (on) => {
    const user = await accountOf(on, recovery);
    if (!(await deps.factorsIn(on.transaction).remove(user.id))) return;
    await deps.sessions.revokeAll(on.transaction, user.id);
    await on.announce([recordOf('reset-second-factor', user.id, deps.clock())], cause);
  });

/** Has the owner of an account mailed a token for a new password. @throws UserNotFound, OwnAccount, Forbidden */
export const sendPasswordReset = (
  { inTransaction, tokens, commandMeta }: SendPasswordResetDeps,
  recovery: Recovery,
  cause: Cause,
) =>
  inTransaction(async (on) => {
    const { id: userId, email, locale, disabledAt } = await accountOf(on, recovery);
    if (disabledAt !== undefined) throw new Forbidden('The account is disabled. Enable it first.');
    const meta = commandMeta();
    const tokenId = await tokens.issue(
      on.transaction,
      'reset-password',
      { subjectId: userId, email },
      meta.at,
    );
    const mail = resetRequested({ userId, email, locale, tokenId }, meta);
    await on.announce([mail, recordOf('send-password-reset', userId, meta.at)], cause);
  });

async function accountOf({ accounts }: OpenAccountTransaction, { userId, by }: Recovery): Promise<User> {
  const found = await accounts.byId(userId);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  const refusal = refusalToActOn(found.user, by);
  if (refusal !== undefined) throw refusal;
  return found.user;
}
