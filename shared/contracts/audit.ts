import * as z from 'zod';
import { contract } from './contract.ts';

const head = z.object({ number: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** What an operator sends to the users service's `verify-audit`, part by part. */
export const verifyAuditContract = contract({
  name: 'verify-audit',
  request: z.object({
    /** The head that the part before returned; absent for the first. */
    after: head.optional(),
    /** A head that was noted earlier, from the log of on-action-recorded or from this command. */
    expected: head.optional(),
    /** Entries per part. */
    limit: z.int().min(1).max(5_000).default(2_000),
  }),
  response: z.object({
    /** The last entry that was checked; or the first that is not as it was written. */
    head: head.optional(),
    fault: z.object({ number: z.int().min(1), kind: z.enum(['modified', 'missing']) }).optional(),
    /** Whether the end of the log, or a fault, was reached. */
    done: z.boolean(),
  }),
  refusal: z.never(),
});
