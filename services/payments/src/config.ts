import * as z from 'zod';
import { databaseSettings, readConfig } from '#shared/config.ts';

/** Settings of the payments service. Secrets are named here, never given. */
export const config = readConfig({
  ...databaseSettings,
  /** The superuser's secret; only the role of `migrate` may read it. */
  DATABASE_ADMIN_SECRET_ID: z.string().min(1),
  PAYMENT_EVENTS_TOPIC_ARN: z.string().min(1),
  /** Stripe's API, or what speaks it. */
  PAYMENT_PROVIDER_URL: z.url(),
  /** Holds apiKey and webhookSecret. */
  PAYMENT_PROVIDER_SECRET_ID: z.string().min(1),
});
