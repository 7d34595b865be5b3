import * as z from 'zod';
import { contract } from './contract.ts';

/** What an operator sends to `prepare-database` of the data stack; safe to repeat. */
export const prepareDatabaseContract = contract({
  name: 'prepare-database',
  request: z.object({ database: z.string().min(1) }),
  response: z.object({ database: z.string() }),
  refusal: z.never(),
});
