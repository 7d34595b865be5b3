import * as z from 'zod';

/** Ids that are readable and used in URLs: `garden-tools`, `berlin-1`. */
export const slug = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, joined by hyphens');
