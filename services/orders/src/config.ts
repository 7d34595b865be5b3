import * as z from 'zod';
import {
  databaseOwnerSettings,
  databaseReaderSettings,
  databaseSettings,
  readConfig,
} from '#shared/config.ts';
import { withTrustedServer } from '#shared/postgres/trust.ts';

/** Settings of the orders service. It contains the names of secrets, never their values. */
export const config = withTrustedServer(
  readConfig({
    ...databaseSettings,
    ...databaseOwnerSettings,
    ...databaseReaderSettings,
    ORDER_EVENTS_TOPIC_ARN: z.string().min(1),
    ORDER_CREATED_TOPIC_ARN: z.string().min(1),
    ORDER_COMPLETED_TOPIC_ARN: z.string().min(1),
    ORDER_CANCELLED_TOPIC_ARN: z.string().min(1),
    USER_FILES_BUCKET: z.string().min(1),
    RESERVE_STOCK_FUNCTION: z.string().min(1),
    RELEASE_STOCK_FUNCTION: z.string().min(1),
  }),
);
