import * as z from 'zod';
import { databaseSettings, readConfig } from '#shared/config.ts';
import { withTrustedServer } from '#shared/postgres/trust.ts';

/** Settings of the functions of this stack. */
export const config = withTrustedServer(
  readConfig({
    /** The servers whose masters are rotated, with commas between; a password goes nowhere else. */
    DATABASE_ADMIN_HOSTS: z
      .string()
      .min(1)
      .transform((hosts) => hosts.split(',')),
    DATABASE_TLS: databaseSettings.DATABASE_TLS,
    DATABASE_CA_FILE: databaseSettings.DATABASE_CA_FILE,
  }),
);
