import * as z from 'zod';
import { renditionSchema } from '#shared/events/media.ts';
import { id, text } from '#shared/http/fields.ts';
import { type Route, route } from '#shared/http/route.ts';
import { MediaNotFound } from './domain/errors.ts';
import { maxUploadBytes, pictureTypes } from './domain/picture-rules.ts';

const uploadBody = z.strictObject({
  productId: id,
  contentType: z.enum(pictureTypes),
  /** The file's exact size. */
  bytes: z.int().min(1).max(maxUploadBytes),
  /** What the picture shows, for those who do not see it. */
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
  contentType: z.enum(pictureTypes),
  bytes: z.int(),
  altText: z.string(),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().optional(),
  /** Once processed. */
  renditions: z.array(renditionSchema.omit({ key: true })).optional(),
  /** Why it was rejected. */
  reason: z.string().optional(),
});

export const createUpload = route({
  name: 'create-upload',
  method: 'POST',
  path: '/api/v1/media/uploads',
  summary: 'Announces a picture of a product and answers the request that uploads it, good for ten minutes',
  access: 'media:write',
  body: uploadBody,
  idempotency: 'optional',
  responses: { 201: { description: 'The upload', schema: upload } },
});

export const getMedia = route({
  name: 'get-media',
  method: 'GET',
  path: '/api/v1/media/{id}',
  summary: 'Shows what became of an upload',
  access: 'media:read',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The upload', schema: media } },
  errors: [MediaNotFound.kind],
});

export const health = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/media/health',
  summary: 'Says whether the service can reach its table',
  access: 'public',
  responses: {
    200: {
      description: 'It can',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('media'),
        checks: z.record(z.string(), z.literal('ok')),
      }),
    },
  },
});

/** Every route of this service. */
export const routes: Route[] = [createUpload, getMedia, health];
