import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { type Route, route } from '#shared/http/route.ts';
import {
  EmailTaken,
  GuessablePassword,
  InvalidCredentials,
  InvalidRefreshToken,
  TooManySignIns,
  UserNotFound,
  WrongPassword,
} from './domain/errors.ts';
import {
  accountSchema,
  givenPasswordSchema,
  localeSchema,
  nameSchema,
  newPasswordSchema,
  tokensSchema,
} from './schemas.ts';

const refreshTokenBody = z.strictObject({ refreshToken: z.string().min(1).max(200) });

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
    locale: localeSchema.default('en'),
  }),
  responses: { 201: { description: 'The new account.', schema: accountSchema } },
  errors: [EmailTaken.kind, GuessablePassword.kind],
});

/** Signs in. Without Idempotency-Key: its response contains tokens, which are stored nowhere. */
export const loginRoute = route({
  name: 'login',
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Sign in',
  access: 'public',
  body: z.strictObject({ email: emailAddress, password: givenPasswordSchema }),
  responses: { 200: { description: 'Tokens of a new session.', schema: tokensSchema } },
  errors: [InvalidCredentials.kind, TooManySignIns.kind],
});

/** Continues a session. Without Idempotency-Key: a repeated token returns the same successor for seconds, and was copied after that. */
export const refreshRoute = route({
  name: 'refresh',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  summary: 'Exchange a refresh token for new tokens',
  access: 'public',
  body: refreshTokenBody,
  responses: {
    200: { description: 'New tokens of the same session; the given one is used.', schema: tokensSchema },
  },
  errors: [InvalidRefreshToken.kind],
});

/** Ends the session of a refresh token; may be repeated. */
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
  responses: { 200: { description: 'Your account.', schema: accountSchema } },
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
    email: emailAddress,
    name: nameSchema,
    locale: localeSchema,
    /** Required to change the e-mail address, since its owner controls the account. */
    currentPassword: givenPasswordSchema.optional(),
  }),
  responses: { 200: { description: 'The current state of your account.', schema: accountSchema } },
  errors: [UserNotFound.kind, EmailTaken.kind, WrongPassword.kind, TooManySignIns.kind],
});

/** Whether the database is reachable. */
export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/users/health',
  summary: 'Health of the users service',
  access: 'public',
  responses: {
    200: {
      description: 'The database is reachable.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('users'),
        checks: z.object({ database: z.literal('ok') }),
      }),
    },
  },
});

/** The OpenAPI document of the whole API. */
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
