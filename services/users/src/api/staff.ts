import * as z from 'zod';
import { roles } from '#shared/auth/permissions.ts';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { id, text } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import { byHandler } from '#shared/limits/route-limits.ts';
import { LastAdministrator, OwnAccount, UserNotFound } from '../domain/errors.ts';
import { accountStates } from '../domain/user.ts';
import { acceptedSchema, accountSchema } from '../schemas.ts';

const params = z.strictObject({ id });

/** An account as staff see it. */
const staffAccountSchema = accountSchema.extend({
  state: z.enum(accountStates),
  /** Whether it has an active second factor. */
  secondFactor: z.boolean(),
  disabledAt: z.iso.datetime().optional(),
});

const errors = [UserNotFound.kind, OwnAccount.kind];
const responses = { 200: { description: 'The account.', schema: staffAccountSchema } };

/** The accounts of the shop. */
export const listUsersRoute = route({
  name: 'list-users',
  method: 'GET',
  path: '/api/v1/users',
  summary: 'Lists accounts, newest first.',
  access: 'users:read',
  query: z.strictObject({
    ...pageQuery,
    /** The beginning of the address. */
    email: text(254).optional(),
    /** Beginnings of words of the name. */
    name: text(200).optional(),
    role: z.enum(roles).optional(),
    state: z.enum(accountStates).optional(),
  }),
  responses: { 200: { description: 'A page of accounts.', schema: pageOf(staffAccountSchema) } },
});

/** One account. */
export const getUserRoute = route({
  name: 'get-user',
  method: 'GET',
  path: '/api/v1/users/{id}',
  summary: 'An account',
  access: 'users:read',
  params,
  versioned: true,
  responses,
  errors: [UserNotFound.kind],
});

/** Replaces the roles of an account and ends its sessions. Without Idempotency-Key: a repetition changes nothing. */
export const changeRolesRoute = route({
  name: 'change-roles',
  method: 'PUT',
  path: '/api/v1/users/{id}/roles',
  summary: 'Replace the roles of an account',
  access: 'users:roles',
  ifMatch: true,
  params,
  body: z.strictObject({ roles: z.array(z.enum(roles)).min(1).max(roles.length) }),
  versioned: true,
  responses,
  errors: [...errors, LastAdministrator.kind],
});

/** Disables an account and ends its sessions. Without Idempotency-Key: a repetition changes nothing. */
export const disableUserRoute = route({
  name: 'disable-user',
  method: 'PUT',
  path: '/api/v1/users/{id}/disablement',
  summary: 'Disable an account: it cannot sign in any more',
  access: 'users:disable',
  params,
  versioned: true,
  responses,
  errors: [...errors, LastAdministrator.kind],
});

/** Enables a disabled account. Without Idempotency-Key: a repetition changes nothing. */
export const enableUserRoute = route({
  name: 'enable-user',
  method: 'DELETE',
  path: '/api/v1/users/{id}/disablement',
  summary: 'Enable a disabled account',
  access: 'users:disable',
  params,
  versioned: true,
  responses,
  errors,
});

/** Removes the second factor of somebody who lost it. Without Idempotency-Key: a repetition changes nothing. */
export const resetSecondFactorRoute = route({
  name: 'reset-second-factor',
  method: 'DELETE',
  path: '/api/v1/users/{id}/second-factor',
  summary: 'Remove the second factor of a user, and end all sessions',
  access: 'users:recover',
  params,
  responses: { 204: { description: 'The user has no second factor.' } },
  errors,
});

/** Ends all sessions of an account. Without Idempotency-Key: a repetition changes nothing. */
export const revokeUserSessionsRoute = route({
  name: 'revoke-user-sessions',
  method: 'DELETE',
  path: '/api/v1/users/{id}/sessions',
  summary: 'End all sessions of an account',
  access: 'users:recover',
  params,
  responses: { 204: { description: 'All sessions have ended.' } },
  errors,
});

/** Mails a link for a new password to the owner of an account. Without Idempotency-Key: a newer link replaces the one before. */
export const sendPasswordResetRoute = route({
  name: 'send-password-reset',
  method: 'POST',
  path: '/api/v1/users/{id}/password-reset',
  summary: 'Mail a link for a new password to the owner of an account',
  access: 'users:recover',
  params,
  responses: { 202: { description: 'A mail was requested.', schema: acceptedSchema } },
  errors,
  limits: [byHandler('reset-by-staff-account')],
});

/** The routes of staff for the accounts of others. */
export const staffRoutes: Route[] = [
  listUsersRoute,
  getUserRoute,
  changeRolesRoute,
  disableUserRoute,
  enableUserRoute,
  revokeUserSessionsRoute,
  resetSecondFactorRoute,
  sendPasswordResetRoute,
];
