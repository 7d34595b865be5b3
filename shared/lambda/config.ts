import * as z from 'zod';
import { readConfig } from '../config.ts';

/** Settings of the handler wrappers. */
export const config = readConfig({
  /** The allowed CORS origin: one origin, or `*`. */
  CORS_ORIGIN: z.string().min(1).default('*'),
  /** Set by Lambda, and by the local platform with an X-Ray daemon. */
  AWS_EXECUTION_ENV: z.string().optional(),
});
