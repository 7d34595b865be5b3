import * as z from 'zod';
import { roles } from '#shared/auth/permissions.ts';
import { emailAddress } from '#shared/email.ts';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { absentIfEmpty, id } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import { perClient } from '#shared/limits/route-limits.ts';
import {
  EmailTaken,
  GuessablePassword,
  InvalidCredentials,
  InvalidMailToken,
  InvitationNotFound,
} from '../domain/errors.ts';
import { localeSchema, mailTokenSchema, nameSchema, newPasswordSchema, signedInSchema } from '../schemas.ts';

const invitationSchema = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  roles: z.array(z.enum(roles)),
  /** The account or API key that invited. */
  invitedBy: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

/** Invites somebody by mail. Without Idempotency-Key: a repetition replaces the invitation. */
export const inviteStaffRoute = route({
  name: 'invite-staff',
  method: 'POST',
  path: '/api/v1/users/invitations',
  summary: 'Invite somebody by mail to work for the shop',
  access: 'users:roles',
  body: z.strictObject({ email: emailAddress, roles: z.array(z.enum(roles)).min(1).max(roles.length) }),
  responses: { 201: { description: 'The invitation, which expires.', schema: invitationSchema } },
  errors: [EmailTaken.kind],
});

/** The invitations that wait. */
export const listInvitationsRoute = route({
  name: 'list-invitations',
  method: 'GET',
  path: '/api/v1/users/invitations',
  summary: 'Lists invitations that have not been accepted, newest first.',
  access: 'users:roles',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of invitations.', schema: pageOf(invitationSchema) } },
});

/** Withdraws an invitation. Without Idempotency-Key: a repetition finds none. */
export const withdrawInvitationRoute = route({
  name: 'withdraw-invitation',
  method: 'DELETE',
  path: '/api/v1/users/invitations/{invitationId}',
  summary: 'Withdraw an invitation',
  access: 'users:roles',
  params: z.strictObject({ invitationId: id }),
  responses: { 204: { description: 'Its link is not valid any more.' } },
  errors: [InvitationNotFound.kind],
});

/** Accepts an invitation. Without Idempotency-Key: its response contains tokens, which are stored nowhere. */
export const acceptInvitationRoute = route({
  name: 'accept-invitation',
  method: 'POST',
  path: '/api/v1/auth/accept-invitation',
  summary: 'Accept an invitation with a password, and sign in',
  access: 'public',
  body: z.strictObject({
    token: mailTokenSchema,
    password: newPasswordSchema,
    name: nameSchema,
    locale: absentIfEmpty(localeSchema.default('en')),
  }),
  responses: { 200: { description: 'Tokens of the first session.', schema: signedInSchema } },
  limits: [perClient('mail-token-client')],
  errors: [InvalidMailToken.kind, GuessablePassword.kind, EmailTaken.kind, InvalidCredentials.kind],
});

/** The routes of invitations. */
export const invitationRoutes: Route[] = [
  inviteStaffRoute,
  listInvitationsRoute,
  withdrawInvitationRoute,
  acceptInvitationRoute,
];
