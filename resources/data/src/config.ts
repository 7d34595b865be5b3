import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** Settings of the functions of this stack. */
export const config = readConfig({
  /** The servers whose masters are rotated, with commas between; a password goes nowhere else. */
  DATABASE_ADMIN_HOSTS: z
    .string()
    .min(1)
    .transform((hosts) => hosts.split(',')),
  DATABASE_TLS: z.enum(['off', 'verify-full']),
});
