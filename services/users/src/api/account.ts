import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { absentIfEmpty } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { byHandler } from '#shared/limits/route-limits.ts';
import { EmailTaken, TooManySignIns, UserNotFound, WrongPassword } from '../domain/errors.ts';
import { accountSchema, givenPasswordSchema, localeSchema, nameSchema } from '../schemas.ts';

/** The caller's own account. */
export const getMeRoute = route({
  name: 'get-me',
  method: 'GET',
  path: '/api/v1/users/me',
  summary: 'Your account',
  access: 'account:read',
  responses: { 200: { description: 'Your account.', schema: accountSchema } },
  errors: [UserNotFound.kind],
});

/** Changes the caller's own contact. */
export const updateMeRoute = route({
  name: 'update-me',
  method: 'PUT',
  path: '/api/v1/users/me',
  summary: 'Change your name, language or e-mail address',
  access: 'account:write',
  idempotency: 'optional',
  ifMatch: true,
  body: z.strictObject({
    email: emailAddress,
    name: nameSchema,
    locale: localeSchema,
    /** Required to change the e-mail address, since its owner controls the account. */
    currentPassword: absentIfEmpty(givenPasswordSchema.optional()),
  }),
  responses: { 200: { description: 'The current state of your account.', schema: accountSchema } },
  limits: [byHandler('current-password-account')],
  errors: [UserNotFound.kind, EmailTaken.kind, WrongPassword.kind, TooManySignIns.kind],
});
