import { recordedAction } from '#shared/audit/recorded-action.ts';
import type { Role } from '#shared/auth/permissions.ts';
import type { CommandMeta } from '#shared/decider.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import { newId } from '#shared/ids.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { Invitation, Invitations } from '../adapters/invitations.ts';
import type { MailTokens } from '../adapters/mail-tokens.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { Registrations } from '../adapters/registrations.ts';
import type { Credentials } from '../adapters/user-reader.ts';
import { EmailTaken, InvalidMailToken, InvitationNotFound } from '../domain/errors.ts';
import { staffInvited } from '../domain/mail-events.ts';
import { mailTokenLifetimesMs } from '../domain/mail-token.ts';
import { refusalToGrant, type StaffCaller } from '../domain/staff.ts';
import { registerUser } from '../domain/user.ts';

/** What the workflows use. */
export type InvitationDeps = {
  inTransaction: AccountTransaction;
  invitations: Invitations;
  tokens: MailTokens;
  commandMeta: () => CommandMeta;
};

const recordOf = (action: string, id: string, details: Record<string, string>, { at }: CommandMeta) =>
  recordedAction(UserActionRecorded, { action, target: { kind: 'invitation', id }, details }, { at });

/**
 * Invites somebody by mail. An invitation that waits for the same address is replaced, with its token. The mail contains
 * no text that somebody chose.
 * @throws Forbidden, EmailTaken
 */
export async function inviteStaff(
  { inTransaction, invitations, tokens, commandMeta }: InvitationDeps,
  { email, roles, by }: { email: string; roles: Role[]; by: StaffCaller },
  cause: Cause,
): Promise<Invitation> {
  const refusal = refusalToGrant(roles, by);
  if (refusal !== undefined) throw refusal;
  const meta = commandMeta();
  return inTransaction(async ({ transaction, accounts, announce }) => {
    if ((await accounts.byEmail(email)) !== undefined)
      throw new EmailTaken('This address belongs to an account. Change its roles instead.', {
        subjects: [{ kind: 'email', message: 'belongs to an account' }],
      });
    const expiresAt = new Date(meta.at.getTime() + mailTokenLifetimesMs.invitation);
    const given = { id: newId(), email, roles, invitedBy: by.userId, createdAt: meta.at, expiresAt };
    const invitation = await invitations.add(transaction, given);
    const tokenId = await tokens.issue(
      transaction,
      'invitation',
      { subjectId: invitation.id, email },
      meta.at,
    );
    const mail = staffInvited({ userId: invitation.id, email, locale: 'en', tokenId }, meta);
    const record = recordOf('invite-staff', invitation.id, { roles: roles.join(', ') }, meta);
    await announce([mail, record], cause);
    return invitation;
  });
}

/** Withdraws an invitation: its token is not accepted any more. @throws InvitationNotFound */
export async function withdrawInvitation(
  { inTransaction, invitations, commandMeta }: Omit<InvitationDeps, 'tokens'>,
  id: string,
  cause: Cause,
): Promise<void> {
  const meta = commandMeta();
  await inTransaction(async ({ transaction, announce }) => {
    if ((await invitations.take(transaction, id, meta.at)) === undefined)
      throw new InvitationNotFound('There is no such invitation.');
    await announce([recordOf('withdraw-invitation', id, {}, meta)], cause);
  });
}

/** What accepting uses, and what the invited person chooses. */
export type AcceptDeps = InvitationDeps & { passwords: Passwords; registrations: Registrations };
export type Acceptance = { token: string; password: string; name: string; locale: string };

const invalid = () => new InvalidMailToken('This invitation is not valid any more. Ask for another one.');

/**
 * Turns an invitation into an account with its roles. Who has the token has read the mail, so the address is confirmed.
 * @throws InvalidMailToken; EmailTaken if the address has become an account's meanwhile
 */
export async function acceptInvitation(
  { inTransaction, invitations, tokens, commandMeta, passwords, registrations }: AcceptDeps,
  { token, password, name, locale }: Acceptance,
  cause: Cause,
): Promise<Credentials> {
  const meta = commandMeta();
  // Before the work of a hash, which anybody could cause otherwise.
  const known = await inTransaction(({ transaction }) =>
    tokens.find(transaction, 'invitation', token, meta.at),
  );
  if (known === undefined) throw invalid();
  const passwordHash = await passwords.hash(password);
  return inTransaction(async ({ transaction, users, announce }) => {
    const holder = await tokens.redeem(transaction, 'invitation', token, meta.at);
    const invitation = holder && (await invitations.take(transaction, holder.subjectId, meta.at));
    if (invitation === undefined) throw invalid();
    const { id, email, roles, invitedBy } = invitation;
    const contact = { email, name, locale };
    const user = await users.create(registerUser({ id, contact, roles, passwordHash, ...meta }), { cause });
    await registrations.deleteAll(transaction, email);
    const record = recordOf('accept-invitation', id, { roles: roles.join(', '), invitedBy }, meta);
    await announce([record], { ...cause, actor: { kind: 'staff', id } });
    return { user, passwordHash };
  });
}
