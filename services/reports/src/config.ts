import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** This service's settings; the only place where its environment is read. */
export const config = readConfig({
  METRICS_TABLE: z.string().min(1),
  DOCUMENTS_BUCKET: z.string().min(1),
  USER_FILES_BUCKET: z.string().min(1),
});
