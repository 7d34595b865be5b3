import * as z from 'zod';
import { consentPurposes } from '#shared/events/privacy.ts';
import { id } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { byHandler } from '#shared/limits/route-limits.ts';
import { exportingServices } from '#shared/privacy/data-export.ts';
import {
  ExportNotFound,
  LastAdministrator,
  OwnAccount,
  TooManySignIns,
  UserNotFound,
  WrongPassword,
} from '../domain/errors.ts';
import { givenPasswordSchema } from '../schemas.ts';

const erasureSchema = z.strictObject({
  userId: z.uuid(),
  erasedAt: z.iso.datetime(),
  /** What is kept, and until when. None of it names the person. */
  retained: z.array(
    z.strictObject({ document: z.string(), contains: z.string(), reason: z.string(), until: z.iso.date() }),
  ),
});

/** Erases the caller's own account. Without Idempotency-Key: afterwards nobody can sign in to repeat it. */
export const deleteMeRoute = route({
  name: 'delete-me',
  method: 'DELETE',
  path: '/api/v1/users/me',
  summary: 'Erase your account and your personal data; open orders are cancelled',
  access: 'account:write',
  body: z.strictObject({ currentPassword: givenPasswordSchema }),
  responses: {
    200: { description: 'The account is erased. What is kept is listed.', schema: erasureSchema },
  },
  limits: [byHandler('current-password-account')],
  errors: [UserNotFound.kind, WrongPassword.kind, TooManySignIns.kind, LastAdministrator.kind],
});

/** Erases an account on behalf of its owner; a repeated request returns the same response. */
export const eraseUserRoute = route({
  name: 'erase-user',
  method: 'DELETE',
  path: '/api/v1/users/{id}',
  summary: 'Erase an account and the personal data of its owner',
  access: 'users:erase',
  params: z.strictObject({ id }),
  responses: {
    200: { description: 'The account is erased. What is kept is listed.', schema: erasureSchema },
  },
  errors: [UserNotFound.kind, OwnAccount.kind, LastAdministrator.kind],
});

const exportSchema = z.strictObject({
  id: z.uuid(),
  status: z.enum(['collecting', 'complete']),
  requestedAt: z.iso.datetime(),
  /** Services that have not contributed: yet, or, in a complete export, in time. */
  missing: z.array(z.enum(exportingServices)),
  /** Where a complete export is downloaded. Each request returns a new link. */
  link: z.strictObject({ url: z.url(), expiresAt: z.iso.datetime() }).optional(),
  /** When the export is deleted. */
  expiresAt: z.iso.datetime(),
});

/** Requests an export. While one is being collected, that one is returned. */
export const requestExportRoute = route({
  name: 'request-export',
  method: 'POST',
  path: '/api/v1/users/me/export',
  summary: 'Request a copy of your personal data',
  access: 'account:read',
  limits: [byHandler('export-account')],
  responses: { 202: { description: 'The export is being collected.', schema: exportSchema } },
  errors: [UserNotFound.kind],
});

/** Returns an export of the caller. */
export const getExportRoute = route({
  name: 'get-export',
  method: 'GET',
  path: '/api/v1/users/me/export/{id}',
  summary: 'An export of your personal data, with its link when it is complete',
  access: 'account:read',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The export.', schema: exportSchema } },
  errors: [ExportNotFound.kind],
});

const consentSchema = z.strictObject({
  purpose: z.enum(consentPurposes),
  granted: z.boolean(),
  /** The version of the text that was read; absent if the question was never answered. */
  wording: z.string().optional(),
  changedAt: z.iso.datetime().optional(),
});
const consentsSchema = z.strictObject({ items: z.array(consentSchema) });

/** The caller's consents. */
export const listConsentsRoute = route({
  name: 'list-consents',
  method: 'GET',
  path: '/api/v1/users/me/consents',
  summary: 'Your consents, one for each purpose',
  access: 'account:read',
  responses: { 200: { description: 'Every purpose with your answer.', schema: consentsSchema } },
  errors: [UserNotFound.kind],
});

/** Gives or withdraws a consent; a repeated request changes nothing. */
export const setConsentRoute = route({
  name: 'set-consent',
  method: 'PUT',
  path: '/api/v1/users/me/consents/{purpose}',
  summary: 'Give or withdraw a consent',
  access: 'account:write',
  params: z.strictObject({ purpose: z.enum(consentPurposes) }),
  body: z.strictObject({
    granted: z.boolean(),
    /** The version of the text that you have read. */
    wording: z
      .string()
      .min(1)
      .max(50)
      .regex(/^[A-Za-z0-9._-]+$/, 'must consist of letters, digits, dots, dashes and underscores'),
  }),
  responses: { 200: { description: 'Your consent.', schema: consentSchema } },
  errors: [UserNotFound.kind],
});
