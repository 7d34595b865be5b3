import * as z from 'zod';
import { emailAddress } from '#shared/email.ts';
import { route } from '#shared/http/route.ts';
import { byHandler, perClient } from '#shared/limits/route-limits.ts';
import { InvalidCredentials, InvalidRefreshToken, TooManySignIns } from '../domain/errors.ts';
import { deviceTokenSchema, givenPasswordSchema, signedInSchema, tokensSchema } from '../schemas.ts';

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
    deviceToken: deviceTokenSchema,
  }),
  responses: { 200: { description: 'Tokens of a new session.', schema: signedInSchema } },
  limits: ['login-client', 'login-device', 'wrong-password-client', 'wrong-password-network']
    .concat('wrong-password-account', 'wrong-password-device')
    .map(byHandler),
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
