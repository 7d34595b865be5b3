import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** Settings of the products service. */
export const config = readConfig({
  PRODUCTS_TABLE: z.string().min(1),
  CATEGORIES_TABLE: z.string().min(1),
  INVENTORY_TABLE: z.string().min(1),
  RESERVATIONS_TABLE: z.string().min(1),
  OUTBOX_TABLE: z.string().min(1),
  IDEMPOTENCY_TABLE: z.string().min(1),
  PRODUCT_EVENTS_TOPIC_ARN: z.string().min(1),
  /** `redis://…` or `rediss://…`; empty: each process keeps its own cache. */
  REDIS_URL: z.union([z.literal(''), z.url({ protocol: /^rediss?$/ })]).default(''),
});
