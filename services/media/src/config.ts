import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** Settings of the media service. */
export const config = readConfig({
  MEDIA_TABLE: z.string().min(1),
  OUTBOX_TABLE: z.string().min(1),
  IDEMPOTENCY_TABLE: z.string().min(1),
  PICTURE_BUCKET: z.string().min(1),
  /** The public URL that renditions are read from by key: `https://images.shop.example`. */
  IMAGE_BASE_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  MEDIA_EVENTS_TOPIC_ARN: z.string().min(1),
  USER_FILES_BUCKET: z.string().min(1),
});
