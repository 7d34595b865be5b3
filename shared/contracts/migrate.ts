import * as z from 'zod';
import { contract } from './contract.ts';

/** What an operator asks of every PostgreSQL service's `migrate` before new code takes traffic; safe to repeat. */
export const migrateContract = contract({
  name: 'migrate',
  request: z.object({}),
  answer: z.object({ database: z.string(), applied: z.array(z.string()) }),
});
