import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { route } from '#shared/http/route.ts';
import { byHandler, perClient, perField } from '#shared/limits/route-limits.ts';
import {
  EmailTaken,
  GuessablePassword,
  InvalidMailToken,
  TooManySignIns,
  UserNotFound,
  WrongPassword,
} from '../domain/errors.ts';
import {
  acceptedSchema,
  accountSchema,
  givenPasswordSchema,
  mailTokenSchema,
  newPasswordSchema,
} from '../schemas.ts';

/** Has a mail sent with which the owner of an account chooses a new password. */
export const requestPasswordResetRoute = route({
  name: 'request-password-reset',
  method: 'POST',
  path: '/api/v1/auth/password-reset',
  summary: 'Request a mail to choose a new password',
  access: 'public',
  body: z.strictObject({ email: emailAddress }),
  responses: {
    202: {
      description: 'A mail was requested, whether the address belongs to an account or not.',
      schema: acceptedSchema,
    },
  },
  limits: [perClient('reset-client'), perField('reset-account', 'email')],
});

/** Sets a new password by the token of a mail; a second use of the token is refused. */
export const confirmPasswordResetRoute = route({
  name: 'confirm-password-reset',
  method: 'POST',
  path: '/api/v1/auth/password-reset/confirm',
  summary: 'Set a new password with the token of a mail; all sessions end',
  access: 'public',
  body: z.strictObject({ token: mailTokenSchema, newPassword: newPasswordSchema }),
  responses: { 204: { description: 'The password is changed. Sign in with it.' } },
  limits: [perClient('mail-token-client')],
  errors: [InvalidMailToken.kind, GuessablePassword.kind],
});

/** Changes the caller's password. */
export const changePasswordRoute = route({
  name: 'change-password',
  method: 'PUT',
  path: '/api/v1/users/me/password',
  summary: 'Change your password; all other sessions end',
  access: 'account:write',
  idempotency: 'optional',
  body: z.strictObject({
    /** Required, so that access to a signed-in device is not enough. */
    currentPassword: givenPasswordSchema,
    newPassword: newPasswordSchema,
  }),
  responses: { 204: { description: 'The password is changed.' } },
  limits: [byHandler('current-password-account')],
  errors: [UserNotFound.kind, WrongPassword.kind, TooManySignIns.kind, GuessablePassword.kind],
});

/** Has a mail sent to a new address of the caller; the newest request counts. */
export const requestEmailChangeRoute = route({
  name: 'request-email-change',
  method: 'POST',
  path: '/api/v1/users/me/email',
  summary: 'Request a mail to a new e-mail address; it takes effect once you confirm it',
  access: 'account:write',
  body: z.strictObject({
    email: emailAddress,
    /** Required, since the owner of the address controls the account. */
    currentPassword: givenPasswordSchema,
  }),
  responses: {
    202: {
      description: 'A mail was requested, whether the address belongs to another account or not.',
      schema: acceptedSchema,
    },
  },
  limits: [
    perClient('register-client'),
    perField('register-account', 'email'),
    byHandler('current-password-account'),
  ],
  errors: [UserNotFound.kind, WrongPassword.kind, TooManySignIns.kind],
});

/** Makes a new address the caller's, by the token that was mailed to it. */
export const confirmEmailChangeRoute = route({
  name: 'confirm-email-change',
  method: 'POST',
  path: '/api/v1/users/me/email/confirm',
  summary: 'Confirm your new e-mail address with the token of the mail; all other sessions end',
  access: 'account:write',
  body: z.strictObject({ token: mailTokenSchema }),
  responses: { 200: { description: 'Your account with the new address.', schema: accountSchema } },
  limits: [perClient('mail-token-client')],
  errors: [InvalidMailToken.kind, UserNotFound.kind, EmailTaken.kind],
});
