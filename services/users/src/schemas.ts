import * as z from 'zod';
import { roles } from '#shared/auth/permissions.ts';
import { absentIfEmpty, personName } from '#shared/http/fields.ts';
import { beyondSchema } from '#shared/http/problem.ts';
import { lengthOf } from '#shared/text.ts';
import { maxPasswordLength, minPasswordLength, normalisedPassword } from './domain/password.ts';

/** A person's name: one line of text without a web address. */
export const nameSchema = personName(200);

/** The token of a mail. */
export const mailTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'must be a token of a mail');

/** The response to a request for a mail: the same in every case, so that it reveals nothing. */
export const acceptedSchema = z.strictObject({ status: z.literal('accepted') });

/** The language for mails: a BCP 47 tag such as `en` or `pt-BR`. */
export const localeSchema = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag');

/** A password in its normalised form, `min` to `maxPasswordLength` code points long. */
const password = (min: number) =>
  z
    .string()
    .superRefine((given, context) => {
      const message = lengthProblem(normalisedPassword(given), min);
      // Normalisation changes the length: a schema can only state that of the text which is sent.
      const params = lengthProblem(given, min) === undefined ? beyondSchema : undefined;
      if (message !== undefined) context.addIssue({ code: 'custom', message, params });
    })
    .overwrite(normalisedPassword);

function lengthProblem(text: string, min: number): string | undefined {
  if (lengthOf(text) < min) return `must be at least ${min} characters long`;
  return lengthOf(text) > maxPasswordLength
    ? `must be at most ${maxPasswordLength} characters long`
    : undefined;
}

/** A new password. */
export const newPasswordSchema = password(minPasswordLength).meta({
  minLength: minPasswordLength,
  maxLength: maxPasswordLength,
});

/** A password typed to sign in; bounded, since hashing takes time by length. */
export const givenPasswordSchema = password(1).meta({ minLength: 1, maxLength: maxPasswordLength });

/** A code of a second factor as it was typed: six digits, or a recovery code. */
export const codeSchema = z
  .string()
  .regex(/^[A-Za-z0-9 -]{6,40}$/, 'must be a code of six digits or a recovery code');

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

/** The tokens of a session, and the one by which its device is known at the next sign-in. */
export const signedInSchema = tokensSchema.extend({ deviceToken: z.string() });

/** What a device got at its last sign-in. */
export const deviceTokenSchema = absentIfEmpty(
  z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be a token that a sign-in returned')
    .optional(),
);
