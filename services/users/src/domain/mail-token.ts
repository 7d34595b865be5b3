import type { MailTokenPurpose } from '#shared/auth/mail-token.ts';

const hour = 60 * 60 * 1000;

/**
 * How long a token in a mail is valid. At least an hour, the window in which mails to an address are limited: a stranger
 * who uses the limit up leaves the owner with a valid token.
 */
export const mailTokenLifetimesMs: Record<MailTokenPurpose, number> = {
  'verify-email': 24 * hour,
  'change-email': 24 * hour,
  'reset-password': hour,
  invitation: 72 * hour,
};
