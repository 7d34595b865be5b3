import * as z from 'zod';
import { readConfig } from '../config.ts';

/** Settings of the edges themselves. */
export const config = readConfig({
  /** The origin that browsers may call from: one origin, or `*`. */
  CORS_ORIGIN: z.string().min(1).default('*'),
  /** Set by Lambda; absent where there is no X-Ray daemon. */
  AWS_EXECUTION_ENV: z.string().optional(),
});
