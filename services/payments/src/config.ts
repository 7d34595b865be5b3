import * as z from 'zod';
import { databaseSettings, numberSetting, readConfig } from '#shared/config.ts';

/** Settings of the payments service. Secrets are named here, never given. */
export const config = readConfig({
  ...databaseSettings,
  /** The superuser's secret; only the role of `migrate` may read it. */
  DATABASE_ADMIN_SECRET_ID: z.string().min(1),
  PAYMENT_EVENTS_TOPIC_ARN: z.string().min(1),
  /** Stripe's API, or what speaks it. */
  PAYMENT_PROVIDER_URL: z.url(),
  /** A charge takes the provider a few seconds; what takes longer is looked up on the next try. */
  PAYMENT_PROVIDER_TIMEOUT_MS: numberSetting(100, 30_000).default(4_000),
  /** Holds apiKey and webhookSecret. */
  PAYMENT_PROVIDER_SECRET_ID: z.string().min(1),
});
