import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { absentIfEmpty } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { byHandler, perClient, perField } from '#shared/limits/route-limits.ts';
import {
  EmailTaken,
  GuessablePassword,
  InvalidCredentials,
  InvalidMailToken,
  TooManySignIns,
  WrongPassword,
} from '../domain/errors.ts';
import {
  acceptedSchema,
  givenPasswordSchema,
  localeSchema,
  mailTokenSchema,
  nameSchema,
  newPasswordSchema,
  signedInSchema,
} from '../schemas.ts';

/** Registers an account, which exists once its address is confirmed. */
export const registerRoute = route({
  name: 'register',
  method: 'POST',
  path: '/api/v1/auth/register',
  summary: 'Register an account; a mail asks to confirm its address',
  access: 'public',
  idempotency: 'optional',
  body: z.strictObject({
    email: emailAddress,
    password: newPasswordSchema,
    name: nameSchema,
    locale: absentIfEmpty(localeSchema.default('en')),
  }),
  responses: {
    202: {
      description: 'A mail was requested, whether the address belongs to an account or not.',
      schema: acceptedSchema,
    },
  },
  limits: [perClient('register-client'), perField('register-account', 'email')],
  errors: [GuessablePassword.kind],
});

/** Confirms the address of a registration. Without Idempotency-Key: its response contains tokens, which are stored nowhere. */
export const verifyEmailRoute = route({
  name: 'verify-email',
  method: 'POST',
  path: '/api/v1/auth/verify-email',
  summary: 'Confirm the address of a registration with its password, and sign in',
  access: 'public',
  body: z.strictObject({ token: mailTokenSchema, password: givenPasswordSchema }),
  responses: { 200: { description: 'Tokens of the first session.', schema: signedInSchema } },
  limits: [perClient('mail-token-client'), byHandler('current-password-account')],
  errors: [
    InvalidMailToken.kind,
    InvalidCredentials.kind,
    WrongPassword.kind,
    TooManySignIns.kind,
    EmailTaken.kind,
  ],
});

/** Has another mail sent that asks to confirm the address of a registration; the token of the one before is replaced. */
export const resendVerificationRoute = route({
  name: 'resend-verification',
  method: 'POST',
  path: '/api/v1/auth/verify-email/resend',
  summary: 'Request another mail that asks to confirm an address',
  access: 'public',
  body: z.strictObject({ email: emailAddress }),
  responses: {
    202: {
      description: 'A mail was requested, whether a registration waits or not.',
      schema: acceptedSchema,
    },
  },
  limits: [perClient('register-client'), perField('register-account', 'email')],
});
