import * as z from 'zod';
import { contract } from './contract.ts';

/** What an operator sends to the `migrate` function of a PostgreSQL service; safe to repeat. */
export const migrateContract = contract({
  name: 'migrate',
  request: z.object({}),
  response: z.object({ database: z.string(), applied: z.array(z.string()) }),
  refusal: z.never(),
});
