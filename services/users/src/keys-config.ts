import * as z from 'zod';
import { readConfig } from '#shared/config.ts';

/** Settings of the functions that only verify tokens and have no database. */
export const keysConfig = /* @__PURE__ */ readConfig({ PUBLIC_KEYS_SECRET_ID: z.string().min(1) });
