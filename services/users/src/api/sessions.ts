import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { absentIfEmpty, id } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { byHandler, perClient } from '#shared/limits/route-limits.ts';
import {
  InvalidCredentials,
  InvalidRefreshToken,
  SecondFactorRequired,
  SessionNotFound,
  TooManySignIns,
  WrongCode,
} from '../domain/errors.ts';
import {
  codeSchema,
  deviceTokenSchema,
  givenPasswordSchema,
  signedInSchema,
  tokensSchema,
} from '../schemas.ts';

const refreshTokenBody = z.strictObject({ refreshToken: z.string().min(1).max(200) });

/** Signs in. Without Idempotency-Key: its response contains tokens, which are stored nowhere. */
export const loginRoute = route({
  name: 'login',
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Sign in',
  access: 'public',
  body: z.strictObject({
    email: emailAddress,
    password: givenPasswordSchema,
    /** Of the second factor, if the account has one; SECOND_FACTOR_REQUIRED asks for it. */
    code: absentIfEmpty(codeSchema.optional()),
    deviceToken: deviceTokenSchema,
  }),
  responses: { 200: { description: 'Tokens of a new session.', schema: signedInSchema } },
  limits: ['login-client', 'login-device', 'wrong-password-client', 'wrong-password-network']
    .concat('wrong-password-account', 'wrong-password-device', 'second-factor-account')
    .map(byHandler),
  errors: [InvalidCredentials.kind, SecondFactorRequired.kind, WrongCode.kind, TooManySignIns.kind],
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
  limits: [perClient('refresh-client'), byHandler('refresh-account')],
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

const sessionSchema = z.strictObject({
  id: z.uuid(),
  /** The client's `User-Agent` at the sign-in, at most 200 characters; empty if it sent none. */
  device: z.string(),
  /** The client's IP address at the sign-in. */
  clientAddress: z.string(),
  createdAt: z.iso.datetime(),
  /** The last refresh. */
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Whether it is the session of this request. */
  current: z.boolean(),
});

/** The caller's sessions. */
export const listSessionsRoute = route({
  name: 'list-sessions',
  method: 'GET',
  path: '/api/v1/users/me/sessions',
  summary: 'Your sessions, the newest first',
  access: 'account:read',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of sessions.', schema: pageOf(sessionSchema) } },
});

/** Ends a session. Without Idempotency-Key: a repetition finds no session. */
export const revokeSessionRoute = route({
  name: 'revoke-session',
  method: 'DELETE',
  path: '/api/v1/users/me/sessions/{sessionId}',
  summary: 'End one of your sessions',
  access: 'account:write',
  params: z.strictObject({ sessionId: id }),
  responses: { 204: { description: 'The session has ended; its access token is refused within a minute.' } },
  errors: [SessionNotFound.kind],
});

/** Ends all other sessions. Without Idempotency-Key: a repetition ends nothing more. */
export const revokeOtherSessionsRoute = route({
  name: 'revoke-other-sessions',
  method: 'DELETE',
  path: '/api/v1/users/me/sessions',
  summary: 'End all your sessions but the current one',
  access: 'account:write',
  responses: { 204: { description: 'They have ended; their access tokens are refused within a minute.' } },
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
