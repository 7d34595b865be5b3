import * as z from 'zod';
import { type Route, route } from '#shared/http/route.ts';
import { byHandler } from '#shared/limits/route-limits.ts';
import {
  NoSecondFactor,
  SecondFactorActive,
  TooManySignIns,
  UserNotFound,
  WrongCode,
  WrongPassword,
} from '../domain/errors.ts';
import { secondFactorStates } from '../domain/second-factor.ts';
import { codeSchema, givenPasswordSchema } from '../schemas.ts';

const limits = [byHandler('current-password-account')];

/** The caller's second factor. */
export const getSecondFactorRoute = route({
  name: 'get-second-factor',
  method: 'GET',
  path: '/api/v1/users/me/second-factor',
  summary: 'Your second factor',
  access: 'account:read',
  responses: {
    200: {
      description: 'The state of your second factor.',
      schema: z.strictObject({
        state: z.enum(secondFactorStates),
        /** Whether one of your roles needs it: without it you have the permissions of a customer. */
        required: z.boolean(),
        /** Unused ones. */
        recoveryCodes: z.int().min(0),
      }),
    },
  },
  errors: [UserNotFound.kind],
});

/** Begins to set up a second factor. Without Idempotency-Key: its response contains a secret, and is stored nowhere. */
export const enrolSecondFactorRoute = route({
  name: 'enrol-second-factor',
  method: 'POST',
  path: '/api/v1/users/me/second-factor',
  summary: 'Set up an authenticator app',
  access: 'account:write',
  body: z.strictObject({ currentPassword: givenPasswordSchema }),
  responses: {
    200: {
      description: 'What the app needs. It is not required before a code has confirmed it.',
      schema: z.strictObject({
        /** Base32, to be typed. */
        secret: z.string(),
        /** `otpauth://…`, to be shown as a QR code. */
        uri: z.string(),
      }),
    },
  },
  errors: [UserNotFound.kind, WrongPassword.kind, TooManySignIns.kind, SecondFactorActive.kind],
  limits,
});

/** Activates the second factor. Without Idempotency-Key: its response contains codes, and is stored nowhere. */
export const confirmSecondFactorRoute = route({
  name: 'confirm-second-factor',
  method: 'POST',
  path: '/api/v1/users/me/second-factor/confirmation',
  summary: 'Activate your second factor by its first code',
  access: 'account:write',
  body: z.strictObject({ code: codeSchema }),
  responses: {
    200: {
      description: 'Recovery codes, shown this once. Your other sessions have ended.',
      schema: z.strictObject({ recoveryCodes: z.array(z.string()) }),
    },
  },
  errors: [NoSecondFactor.kind, WrongCode.kind],
});

/** Removes the second factor. Without Idempotency-Key: a code is accepted once. */
export const removeSecondFactorRoute = route({
  name: 'remove-second-factor',
  method: 'POST',
  path: '/api/v1/users/me/second-factor/removal',
  summary: 'Remove your second factor',
  access: 'account:write',
  body: z.strictObject({ currentPassword: givenPasswordSchema, code: codeSchema }),
  responses: { 204: { description: 'It is removed.' } },
  errors: [UserNotFound.kind, WrongPassword.kind, WrongCode.kind, TooManySignIns.kind, NoSecondFactor.kind],
  limits: [...limits, byHandler('second-factor-account')],
});

/** The routes of the caller's second factor. */
export const secondFactorRoutes: Route[] = [
  getSecondFactorRoute,
  enrolSecondFactorRoute,
  confirmSecondFactorRoute,
  removeSecondFactorRoute,
];
