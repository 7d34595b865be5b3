import * as z from 'zod';
import { renditionSchema } from '#shared/events/media.ts';
import { id, text } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import { MediaNotFound } from './domain/errors.ts';
import { imageTypes, maxUploadBytes } from './domain/image-rules.ts';

const uploadBody = z.strictObject({
  productId: id,
  contentType: z.enum(imageTypes),
  /** The file's exact size. */
  bytes: z.int().min(1).max(maxUploadBytes),
  /** Describes the picture for people who cannot see it. */
  altText: text(300),
});

const upload = z.object({
  mediaId: z.uuid(),
  upload: z.object({
    method: z.literal('PUT'),
    url: z.url(),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  }),
});

const media = z.object({
  mediaId: z.uuid(),
  productId: z.uuid(),
  state: z.enum(['awaiting', 'processed', 'rejected']),
  contentType: z.enum(imageTypes),
  bytes: z.int(),
  altText: z.string(),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().optional(),
  /** Once processed. */
  renditions: z.array(renditionSchema.omit({ key: true })).optional(),
  /** Why it was rejected. */
  reason: z.string().optional(),
});

export const createUploadRoute = route({
  name: 'create-upload',
  method: 'POST',
  path: '/api/v1/media/uploads',
  summary: 'Registers a picture of a product and returns the request that uploads it, valid for ten minutes',
  access: 'media:write',
  body: uploadBody,
  idempotency: 'optional',
  responses: { 201: { description: 'The upload', schema: upload } },
});

export const getMediaRoute = route({
  name: 'get-media',
  method: 'GET',
  path: '/api/v1/media/{id}',
  summary: 'Returns an upload and its renditions',
  access: 'media:read',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The upload', schema: media } },
  errors: [MediaNotFound.kind],
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/media/health',
  summary: 'Health of the media service',
  access: 'public',
  responses: {
    200: {
      description: 'The table responds',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('media'),
        checks: z.record(z.string(), z.literal('ok')),
      }),
    },
  },
});

/** Every route of this service. */
export const routes: Route[] = [createUploadRoute, getMediaRoute, healthRoute];
