import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { absentIfEmpty } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { perClient, perField } from '#shared/limits/route-limits.ts';
import { EmailTaken, GuessablePassword } from '../domain/errors.ts';
import { accountSchema, localeSchema, nameSchema, newPasswordSchema } from '../schemas.ts';

/** Registers an account. */
export const registerRoute = route({
  name: 'register',
  method: 'POST',
  path: '/api/v1/auth/register',
  summary: 'Register an account',
  access: 'public',
  idempotency: 'optional',
  body: z.strictObject({
    email: emailAddress,
    password: newPasswordSchema,
    name: nameSchema,
    locale: absentIfEmpty(localeSchema.default('en')),
  }),
  responses: { 201: { description: 'The new account.', schema: accountSchema } },
  limits: [perClient('register-client'), perField('register-account', 'email')],
  errors: [EmailTaken.kind, GuessablePassword.kind],
});
