import * as z from 'zod';
import { emailAddress } from '../email.ts';
import { event } from './event.ts';

const contact = z.object({
  userId: z.uuid(),
  email: emailAddress,
  name: z.string().max(200),
  /** BCP 47. */
  locale: z.string().max(35).default('en'),
});

export const UserRegistered = event({
  source: 'users',
  type: 'USER_REGISTERED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'A user registered an account.',
  data: contact,
});

export const ContactUpdated = event({
  source: 'users',
  type: 'CONTACT_UPDATED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'A user changed name or language, or a new address of mail took effect.',
  data: contact.extend({
    /** The address that the account had; it gets a mail about the change. */
    previousEmail: emailAddress.optional(),
  }),
});

export const EmailVerified = event({
  source: 'users',
  type: 'EMAIL_VERIFIED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'The owner of an address confirmed it: at registration, or for a change of address.',
  data: z.object({ userId: z.uuid(), email: emailAddress }),
});

/** What a mail needs to contain a token; the token itself is computed when the mail is written. */
const mailWithToken = z.object({
  /** The account, or the registration that becomes one with this id. */
  userId: z.uuid(),
  /** Where the token is mailed. Not the contact's address, which may have changed meanwhile. */
  email: emailAddress,
  locale: z.string().max(35).default('en'),
  tokenId: z.uuid(),
});

export const EmailVerificationRequested = event({
  source: 'users',
  type: 'EMAIL_VERIFICATION_REQUESTED',
  version: 1,
  topics: ['user-events.fifo'],
  description:
    'Somebody gave an address at registration or for an account: its owner is asked to confirm it.',
  data: mailWithToken.extend({ purpose: z.enum(['verify-email', 'change-email']) }),
});

export const KnownEmailGiven = event({
  source: 'users',
  type: 'KNOWN_EMAIL_GIVEN',
  version: 1,
  topics: ['user-events.fifo'],
  description:
    'Somebody gave an address that belongs to an account: its owner is told instead of the caller.',
  data: z.object({ userId: z.uuid(), email: emailAddress }),
});

export const PasswordResetRequested = event({
  source: 'users',
  type: 'PASSWORD_RESET_REQUESTED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'Somebody requested a new password for an account: its owner is mailed a token.',
  data: mailWithToken,
});

export const StaffInvited = event({
  source: 'users',
  type: 'STAFF_INVITED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'An administrator invited somebody to work for the shop: a mail with a token asks to accept.',
  data: mailWithToken,
});

export const MailRequestIgnored = event({
  source: 'users',
  type: 'MAIL_REQUEST_IGNORED',
  version: 1,
  topics: ['user-events.fifo'],
  description:
    'A mail was requested for an address that gets none. Published so that the request takes as long as any other.',
  data: z.object({ purpose: z.enum(['verify-email', 'reset-password']) }),
});

export const PasswordChanged = event({
  source: 'users',
  type: 'PASSWORD_CHANGED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'The password of an account was changed, by its owner or with a token that was mailed.',
  data: z.object({ userId: z.uuid(), email: emailAddress }),
});

export const UserDisabled = event({
  source: 'users',
  type: 'USER_DISABLED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'Staff disabled an account: it cannot sign in, and its sessions have ended.',
  data: z.object({ userId: z.uuid() }),
});

export const UserEnabled = event({
  source: 'users',
  type: 'USER_ENABLED',
  version: 1,
  topics: ['user-events.fifo'],
  description: 'Staff enabled a disabled account.',
  data: z.object({ userId: z.uuid() }),
});
