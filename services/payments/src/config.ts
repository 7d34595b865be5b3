import * as z from 'zod';
import { databaseOwnerSettings, databaseSettings, numberSetting, readConfig } from '#shared/config.ts';
import { withTrustedServer } from '#shared/postgres/trust.ts';

/** Settings of the payments service. Secrets are named here, never given. */
export const config = withTrustedServer(
  readConfig({
    ...databaseSettings,
    ...databaseOwnerSettings,
    PAYMENT_EVENTS_TOPIC_ARN: z.string().min(1),
    USER_FILES_BUCKET: z.string().min(1),
    /** Stripe's API, or what speaks it. */
    PAYMENT_PROVIDER_URL: z.url(),
    /** A charge takes the provider a few seconds; what takes longer is looked up on the next try. */
    PAYMENT_PROVIDER_TIMEOUT_MS: numberSetting(100, 30_000).default(4_000),
    /** Contains apiKey and webhookSecret. */
    PAYMENT_PROVIDER_SECRET_ID: z.string().min(1),
  }),
);
