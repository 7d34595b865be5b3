import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** Settings of the functions that verify tokens and do nothing else: they know of no database. */
export const keysConfig = /* @__PURE__ */ readConfig({ PUBLIC_KEYS_SECRET_ID: z.string().min(1) });
