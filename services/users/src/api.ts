import * as z from 'zod';
import { roles } from '#shared/auth/permissions.ts';
import { type Route, route } from '#shared/http/route.ts';
import {
  EmailTaken,
  InvalidCredentials,
  InvalidRefreshToken,
  TooManySignIns,
  UserNotFound,
  WrongPassword,
} from './domain/errors.ts';
import { givenPasswordSchema, newPasswordSchema } from './domain/password.ts';
import { emailSchema, localeSchema, nameSchema } from './domain/user.ts';

/** An account as its owner sees it. */
const account = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  locale: z.string(),
  roles: z.array(z.enum(roles)),
  createdAt: z.iso.datetime(),
  version: z.int(),
});

/** What a sign-in gives: a token for requests, and one for the next of these. */
const tokens = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. */
  expiresIn: z.int(),
  refreshToken: z.string(),
});

const refreshTokenBody = z.strictObject({ refreshToken: z.string().min(1).max(200) });

/** Opens an account. */
export const registerRoute = route({
  name: 'register',
  method: 'POST',
  path: '/api/v1/auth/register',
  summary: 'Open an account',
  access: 'public',
  idempotency: 'optional',
  body: z.strictObject({
    email: emailSchema,
    password: newPasswordSchema,
    name: nameSchema,
    locale: localeSchema.default('en'),
  }),
  responses: { 201: { description: 'The new account.', schema: account } },
  errors: [EmailTaken.kind],
});

/** Signs in. Takes no Idempotency-Key: its answer holds tokens, which are kept nowhere. */
export const loginRoute = route({
  name: 'login',
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Sign in',
  access: 'public',
  body: z.strictObject({ email: emailSchema, password: givenPasswordSchema }),
  responses: { 200: { description: 'Tokens of a new session.', schema: tokens } },
  errors: [InvalidCredentials.kind, TooManySignIns.kind],
});

/** Goes on with a session. Takes no Idempotency-Key: a token that comes twice is a token that was copied. */
export const refreshRoute = route({
  name: 'refresh',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  summary: 'Exchange a refresh token for new tokens',
  access: 'public',
  body: refreshTokenBody,
  responses: { 200: { description: 'Tokens of the same session; the one sent is used up.', schema: tokens } },
  errors: [InvalidRefreshToken.kind],
});

/** Ends a session; who holds the refresh token may, and doing it again changes nothing. */
export const logoutRoute = route({
  name: 'logout',
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'Sign out',
  access: 'public',
  body: refreshTokenBody,
  responses: { 204: { description: 'The session has ended.' } },
});

/** The public keys (RFC 7517). */
export const getJwksRoute = route({
  name: 'get-jwks',
  method: 'GET',
  path: '/api/v1/auth/jwks',
  summary: 'The public keys that verify access tokens',
  access: 'public',
  responses: {
    200: {
      description: 'A JSON Web Key Set.',
      schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    },
  },
});

/** The caller's own account. */
export const getMeRoute = route({
  name: 'get-me',
  method: 'GET',
  path: '/api/v1/users/me',
  summary: 'Your account',
  access: 'account:read',
  responses: { 200: { description: 'Your account.', schema: account } },
  errors: [UserNotFound.kind],
});

/** Changes the caller's own contact. */
export const updateMeRoute = route({
  name: 'update-me',
  method: 'PUT',
  path: '/api/v1/users/me',
  summary: 'Change your name, language or e-mail address',
  access: 'account:read',
  idempotency: 'optional',
  ifMatch: true,
  body: z.strictObject({
    email: emailSchema,
    name: nameSchema,
    locale: localeSchema,
    /** Asked for when the e-mail address changes, as whoever holds the address holds the account. */
    currentPassword: givenPasswordSchema.optional(),
  }),
  responses: { 200: { description: 'Your account as it is now.', schema: account } },
  errors: [UserNotFound.kind, EmailTaken.kind, WrongPassword.kind, TooManySignIns.kind],
});

/** Whether the service can do its work. */
export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/users/health',
  summary: 'Health of the users service',
  access: 'public',
  responses: {
    200: {
      description: 'The database answers.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('users'),
        checks: z.object({ database: z.literal('ok') }),
      }),
    },
  },
});

/** The description of the whole API. */
export const getOpenapiRoute = route({
  name: 'get-openapi',
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'This API as an OpenAPI 3.1 document',
  access: 'public',
  responses: {
    200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) },
  },
});

/** Every route of this service. */
export const routes: Route[] = [
  registerRoute,
  loginRoute,
  refreshRoute,
  logoutRoute,
  getJwksRoute,
  getMeRoute,
  updateMeRoute,
  healthRoute,
  getOpenapiRoute,
];
