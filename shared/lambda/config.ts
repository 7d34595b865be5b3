import * as z from 'zod';
import { readConfig } from '../config.ts';

/** Settings of the HTTP edge itself. */
export const config = readConfig({
  /** The origin that browsers may call from: one origin, or `*`. */
  CORS_ORIGIN: z.string().min(1).default('*'),
});
