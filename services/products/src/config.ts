import * as z from 'zod';
import { numberSetting, readConfig } from '#shared/config.ts';

/** Settings of the products service. */
export const config = readConfig({
  PRODUCTS_TABLE: z.string().min(1),
  CATEGORIES_TABLE: z.string().min(1),
  INVENTORY_TABLE: z.string().min(1),
  RESERVATIONS_TABLE: z.string().min(1),
  OUTBOX_TABLE: z.string().min(1),
  IDEMPOTENCY_TABLE: z.string().min(1),
  PRODUCT_EVENTS_TOPIC_ARN: z.string().min(1),
  /** Shared by the caches of all processes; `none`: each process caches in its memory alone. */
  REDIS_HOST: z.string().min(1).default('none'),
  REDIS_PORT: numberSetting(1, 65_535).default(6379),
  /** `cluster`: ElastiCache with TLS and a token; `single`: one server without either. */
  REDIS_MODE: z.enum(['single', 'cluster']).default('single'),
  /** The secret with the token, used in mode `cluster` only. */
  REDIS_SECRET_ID: z.string().default(''),
  USER_FILES_BUCKET: z.string().min(1),
});
