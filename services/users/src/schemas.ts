import * as z from 'zod';
import { roles } from '#shared/auth/permissions.ts';
import { text } from '#shared/http/fields.ts';
import { isGuessable, maxPasswordLength, minPasswordLength } from './domain/password.ts';

/** A person's name: one line of text. */
export const nameSchema = text(200);

/** The language for mails: a BCP 47 tag such as `en` or `pt-BR`. */
export const localeSchema = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag');

/** A new password. No composition rules (NIST SP 800-63B, 5.1.1.2). */
export const newPasswordSchema = z
  .string()
  .min(minPasswordLength)
  .max(maxPasswordLength)
  .refine((password) => !isGuessable(password), { error: 'is among the first that are guessed' });

/** A password typed to sign in; bounded, since hashing takes time by length. */
export const givenPasswordSchema = z.string().min(1).max(maxPasswordLength);

/** An account as its owner sees it. */
export const accountSchema = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  locale: z.string(),
  roles: z.array(z.enum(roles)),
  createdAt: z.iso.datetime(),
  version: z.int(),
});

/** The tokens of a session: one for requests, one for the next refresh. */
export const tokensSchema = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. */
  expiresIn: z.int(),
  refreshToken: z.string(),
});
