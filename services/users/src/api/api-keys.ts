import * as z from 'zod';
import { keyPermissions } from '#shared/auth/permissions.ts';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { absentIfEmpty, id, text } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';
import { ApiKeyNotFound, UserNotFound } from '../domain/errors.ts';

const apiKeySchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  permissions: z.array(z.enum(keyPermissions)),
  /** The account of the person who created it. */
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Accurate to a minute; absent if it was never used. */
  lastUsedAt: z.iso.datetime().optional(),
});

const maxLifetimeDays = 366;

/** Creates a key. Without Idempotency-Key: its response contains the secret, which is stored nowhere. */
export const createApiKeyRoute = route({
  name: 'create-api-key',
  method: 'POST',
  path: '/api/v1/api-keys',
  summary: 'Create a key by which a program calls the API',
  access: 'api-keys:manage',
  body: z.strictObject({
    /** What it is for, so that a later reader knows whether it is still needed. */
    name: text(100),
    permissions: z.array(z.enum(keyPermissions)).min(1).max(keyPermissions.length),
    lifetimeDays: absentIfEmpty(z.int().min(1).max(maxLifetimeDays).default(90)),
  }),
  responses: {
    201: {
      description: 'The new key. `key` is shown only here: send it as `Authorization: Bearer <key>`.',
      schema: apiKeySchema.extend({ key: z.string() }),
    },
  },
  errors: [UserNotFound.kind],
});

/** The keys that were not revoked. */
export const listApiKeysRoute = route({
  name: 'list-api-keys',
  method: 'GET',
  path: '/api/v1/api-keys',
  summary: 'Lists API keys, the newest first; expired ones for 30 days.',
  access: 'api-keys:manage',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of keys, without their secrets.', schema: pageOf(apiKeySchema) } },
});

/** Revokes a key. Without Idempotency-Key: a repetition finds no key. */
export const revokeApiKeyRoute = route({
  name: 'revoke-api-key',
  method: 'DELETE',
  path: '/api/v1/api-keys/{id}',
  summary: 'Revoke an API key',
  access: 'api-keys:manage',
  params: z.strictObject({ id }),
  responses: { 204: { description: 'The key is refused within a minute.' } },
  errors: [ApiKeyNotFound.kind],
});
