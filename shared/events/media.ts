import * as z from 'zod';
import { event } from './event.ts';

export const renditionSchema = z.object({
  key: z.string().max(300),
  url: z.string().max(1000),
  format: z.enum(['jpeg', 'webp', 'avif', 'png']),
  width: z.int().min(1),
  height: z.int().min(1),
  bytes: z.int().min(1),
});
export type Rendition = z.infer<typeof renditionSchema>;

export const MediaProcessed = event({
  source: 'media',
  type: 'MEDIA_PROCESSED',
  version: 1,
  topics: ['media-events.fifo'],
  description: 'A picture was turned into renditions that can be shown.',
  data: z.object({
    mediaId: z.uuid(),
    productId: z.uuid(),
    altText: z.string().max(300),
    renditions: z.array(renditionSchema).max(20),
  }),
});

export const MediaRejected = event({
  source: 'media',
  type: 'MEDIA_REJECTED',
  version: 1,
  topics: ['media-events.fifo'],
  description: 'An uploaded file is not a picture that can be shown.',
  data: z.object({ mediaId: z.uuid(), productId: z.uuid(), reason: z.string().max(300) }),
});
