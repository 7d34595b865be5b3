import type { MailTokenPurpose } from '#shared/auth/mail-token.ts';
import type { Contact } from './contact.ts';
import { compose, type Mail } from './mail.ts';

/** A token in a mail: as a link to the shop's pages, and as text for who cannot open it. */
export type TokenLink = { token: string; url: string };

/** The page of the shop where a token is used. */
const pages = {
  'verify-email': 'confirm-address',
  'change-email': 'confirm-new-address',
  'reset-password': 'reset-password',
  invitation: 'accept-invitation',
} satisfies Partial<Record<MailTokenPurpose, string>>;

/** A purpose of the tokens that this service mails. */
export type MailedPurpose = keyof typeof pages;

/** The link for a token. It follows `#`, which browsers send to no server and put into no log. */
export const tokenLink = (shopUrl: string, purpose: MailedPurpose, token: string): TokenLink => ({
  token,
  url: `${shopUrl}/${pages[purpose]}#token=${token}`,
});

/** Without a name: the person who entered the address may not be its owner, so these mails contain no text of users. */
const anonymous = 'Hello,';

const ignore = 'If it was not you, ignore this mail: nothing will happen.';

const withLink = ({ token, url }: TokenLink): string[] => [url, `Code: ${token}`];

/** Asks the owner of an address to confirm a registration. */
export const confirmAddressMail = (link: TokenLink): Mail =>
  compose({
    subject: 'Confirm your e-mail address',
    greeting: anonymous,
    paragraphs: [
      'somebody registered an account with this e-mail address. If it was you, open this link within a day and enter the password that you chose:',
      ...withLink(link),
      ignore,
    ],
  });

/** Asks the owner of an address to confirm that an account moves to it. */
export const confirmNewAddressMail = (link: TokenLink): Mail =>
  compose({
    subject: 'Confirm your new e-mail address',
    greeting: anonymous,
    paragraphs: [
      'somebody wants to use this e-mail address for an account. If it was you, open this link within a day while you are signed in:',
      ...withLink(link),
      ignore,
    ],
  });

/** Tells the owner of an account that its address was given by somebody. */
export const knownAddressMail = (): Mail =>
  compose({
    subject: 'You already have an account',
    greeting: anonymous,
    paragraphs: [
      'somebody wanted to use this e-mail address for another account. It already has one: sign in, or request a new password if you have forgotten it.',
      ignore,
    ],
  });

/** Mails a token for a new password. */
export const resetPasswordMail = (link: TokenLink): Mail =>
  compose({
    subject: 'Choose a new password',
    greeting: anonymous,
    paragraphs: [
      'somebody requested a new password for your account. If it was you, open this link within an hour:',
      ...withLink(link),
      ignore,
    ],
  });

/** Invites somebody to work for the shop. */
export const invitationMail = (link: TokenLink): Mail =>
  compose({
    subject: 'You are invited to work for the shop',
    greeting: anonymous,
    paragraphs: [
      'an administrator of the shop invites you to work for it. Open this link within three days and choose a password:',
      ...withLink(link),
      'If you do not expect this, ignore this mail: nothing will happen.',
    ],
  });

/** Welcomes a user whose account is ready. */
export const welcomeMail = (to: Contact): Mail =>
  compose({
    subject: 'Welcome',
    greeting: `Hello ${to.name},`,
    paragraphs: ['your account is ready. You can sign in with this e-mail address.'],
  });

const notYou = 'If it was not you, request a new password at once and contact us.';

/** Notifies the owner of an account that its password was changed. */
export const passwordChangedMail = (): Mail =>
  compose({
    subject: 'Your password was changed',
    greeting: anonymous,
    paragraphs: ['the password of your account was changed. All other devices have been signed out.', notYou],
  });

/** Notifies the previous address that the account has another one. */
export const addressChangedMail = (): Mail =>
  compose({
    subject: 'Your e-mail address was changed',
    greeting: anonymous,
    paragraphs: [
      'your account now has another e-mail address. This one is no longer used. All other devices have been signed out.',
      'If it was not you, contact us at once.',
    ],
  });
