import * as z from 'zod';
import { readConfig, redisSettings } from '#shared/config.ts';

/** Settings of the products service. */
export const config = readConfig({
  PRODUCTS_TABLE: z.string().min(1),
  CATEGORIES_TABLE: z.string().min(1),
  INVENTORY_TABLE: z.string().min(1),
  RESERVATIONS_TABLE: z.string().min(1),
  OUTBOX_TABLE: z.string().min(1),
  IDEMPOTENCY_TABLE: z.string().min(1),
  PRODUCT_EVENTS_TOPIC_ARN: z.string().min(1),
  /** Shared by the caches of all processes; without it each process caches in its memory alone. */
  ...redisSettings,
  USER_FILES_BUCKET: z.string().min(1),
});
