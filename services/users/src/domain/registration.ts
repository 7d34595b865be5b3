import type { CommandMeta } from '#shared/decider.ts';
import { mailTokenLifetimesMs } from './mail-token.ts';
import type { Contact } from './user.ts';

/**
 * A registration whose address is not confirmed. It is no account: it cannot sign in, is mailed nothing but the request
 * to confirm, and does not occupy the address. Its id becomes the account's.
 *
 *     registered ──address confirmed, with the password of this registration──▶ account
 *        │ └──another one for the address confirmed──▶ deleted
 *        └──24 h──▶ expired
 */
export type Registration = {
  id: string;
  contact: Contact;
  passwordHash: string;
  createdAt: Date;
  expiresAt: Date;
};

/** A new registration; it expires with its first token. */
export const newRegistration = (
  id: string,
  contact: Contact,
  passwordHash: string,
  { at }: Pick<CommandMeta, 'at'>,
): Registration => ({
  id,
  contact,
  passwordHash,
  createdAt: at,
  expiresAt: new Date(at.getTime() + mailTokenLifetimesMs['verify-email']),
});
