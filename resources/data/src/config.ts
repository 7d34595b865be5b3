import * as z from 'zod';
import { databaseSettings, numberSetting, readConfig } from '#shared/config.ts';
import { lazy } from '#shared/lazy.ts';
import { withTrustedServer } from '#shared/postgres/trust.ts';

const tlsSettings = {
  DATABASE_TLS: databaseSettings.DATABASE_TLS,
  DATABASE_CA_FILE: databaseSettings.DATABASE_CA_FILE,
};

const namesSetting = z
  .string()
  .min(1)
  .transform((names) => names.split(',').filter((name) => name !== 'none'));

/** Settings of `rotate-master-password`. */
export const rotationConfig = lazy(() =>
  withTrustedServer(
    readConfig({
      /** The servers whose masters are rotated, with commas between; a password goes nowhere else. */
      DATABASE_ADMIN_HOSTS: namesSetting,
      ...tlsSettings,
    }),
  ),
);

/** Settings of `prepare-database`. */
export const preparationConfig = lazy(() =>
  withTrustedServer(
    readConfig({
      PROJECT: z.string().min(1),
      STAGE: z.string().min(1),
      /** How services sign in; the master user always has a password. */
      DATABASE_AUTH: databaseSettings.DATABASE_AUTH,
      /** The databases on each server, with commas between, or `none`. */
      DATABASE_USERS_NAMES: namesSetting,
      DATABASE_ORDERS_NAMES: namesSetting,
      /** Databases with a role that can only read. */
      DATABASE_READER_NAMES: namesSetting,
      DATABASE_USERS_HOST: z.string().min(1),
      DATABASE_USERS_PORT: numberSetting(1, 65_535),
      DATABASE_ORDERS_HOST: z.string().min(1),
      DATABASE_ORDERS_PORT: numberSetting(1, 65_535),
      ...tlsSettings,
    }),
  ),
);
