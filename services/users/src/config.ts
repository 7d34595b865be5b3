import * as z from 'zod';
import { parseRoles } from '#shared/auth/permissions.ts';
import {
  databaseOwnerSettings,
  databaseSettings,
  numberSetting,
  readConfig,
  redisSettings,
} from '#shared/config.ts';
import { limitOverrides } from '#shared/limits/overrides.ts';
import { withTrustedServer } from '#shared/postgres/trust.ts';

/** Settings of the users service. It contains the names of secrets, never their values. */
export const config = /* @__PURE__ */ withTrustedServer(
  /* @__PURE__ */ readConfig({
    ...databaseSettings,
    ...databaseOwnerSettings,
    /** Where limits are counted; without it in PostgreSQL. */
    ...redisSettings,
    /** Other figures for limits: `login-client=30/60,*-network=500/300`, requests per seconds. */
    RATE_LIMITS: limitOverrides,
    USER_EVENTS_TOPIC_ARN: z.string().min(1),
    /** The key that signs access tokens; only the functions that issue tokens or rotate keys may read it. */
    SIGNING_KEYS_SECRET_ID: z.string().min(1),
    PUBLIC_KEYS_SECRET_ID: z.string().min(1),
    /** The key from which the tokens in mails are computed. */
    MAIL_TOKEN_KEY_SECRET_ID: z.string().min(1),
    USER_FILES_BUCKET: z.string().min(1),
    /** How many years after the end of a year its orders and payments are kept; the law of the shop's country decides. */
    RETENTION_YEARS: numberSetting(1, 30),
    /** The key that encrypts the secrets of second factors. */
    SECOND_FACTOR_KEY_SECRET_ID: z.string().min(1),
    /** Roles that need a second factor, separated by commas. */
    SECOND_FACTOR_ROLES: z.string().default('').transform(parseRoles),
  }),
);
