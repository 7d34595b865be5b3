import type { CommandMeta } from '#shared/decider.ts';
import type { EventDefinition, NewEvent } from '#shared/events/event.ts';
import {
  EmailVerificationRequested,
  KnownEmailGiven,
  MailRequestIgnored,
  PasswordResetRequested,
  StaffInvited,
} from '#shared/events/users.ts';

/** What a mail with a token is about: an account or a registration, by its id. */
export type MailSubject = { userId: string; email: string; locale: string; tokenId: string };

const dataOf = ({ userId, email, locale, tokenId }: MailSubject) => ({ userId, email, locale, tokenId });

/** An event that asks for a mail. It is an aggregate of its own: mails need no order, and no account has changed. */
const mailEvent = <D extends EventDefinition>(
  definition: D,
  { at, eventId }: CommandMeta,
  data: NewEvent<D>['data'],
): NewEvent => ({ definition, id: eventId, aggregateId: eventId, sequence: 1, time: at, data });

/** Asks the owner of an address to confirm it. */
export const verificationRequested = (
  purpose: 'verify-email' | 'change-email',
  subject: MailSubject,
  meta: CommandMeta,
): NewEvent => mailEvent(EmailVerificationRequested, meta, { ...dataOf(subject), purpose });

/** Tells the owner of an account that somebody gave its address. */
export const knownEmailGiven = ({ id, email }: { id: string; email: string }, meta: CommandMeta): NewEvent =>
  mailEvent(KnownEmailGiven, meta, { userId: id, email });

/** Mails a token for a new password. */
export const resetRequested = (subject: MailSubject, meta: CommandMeta): NewEvent =>
  mailEvent(PasswordResetRequested, meta, dataOf(subject));

/** Mails an invitation to work for the shop; `userId` is the invitation's, and becomes the account's. */
export const staffInvited = (subject: MailSubject, meta: CommandMeta): NewEvent =>
  mailEvent(StaffInvited, meta, dataOf(subject));

/** Mails nothing; published so that the request takes as long as any other. */
export const mailIgnored = (purpose: 'verify-email' | 'reset-password', meta: CommandMeta): NewEvent =>
  mailEvent(MailRequestIgnored, meta, { purpose });
