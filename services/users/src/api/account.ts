import * as z from 'zod';
import { route } from '#shared/http/route.ts';
import { UserNotFound } from '../domain/errors.ts';
import { accountSchema, localeSchema, nameSchema } from '../schemas.ts';

/** The caller's own account. */
export const getMeRoute = route({
  name: 'get-me',
  method: 'GET',
  path: '/api/v1/users/me',
  summary: 'Your account',
  access: 'account:read',
  versioned: true,
  responses: { 200: { description: 'Your account.', schema: accountSchema } },
  errors: [UserNotFound.kind],
});

/** Changes the caller's own profile. */
export const updateMeRoute = route({
  name: 'update-me',
  method: 'PUT',
  path: '/api/v1/users/me',
  summary: 'Change your name or language',
  access: 'account:write',
  idempotency: 'optional',
  ifMatch: true,
  body: z.strictObject({ name: nameSchema, locale: localeSchema }),
  versioned: true,
  responses: { 200: { description: 'The current state of your account.', schema: accountSchema } },
  errors: [UserNotFound.kind],
});
