import * as z from 'zod';
import { contract } from './contract.ts';

/**
 * What an operator, or the schedule, asks of the users service's `rotate-signing-keys`. The schedule's own event
 * parses as a request without wishes.
 */
export const rotateSigningKeysContract = contract({
  name: 'rotate-signing-keys',
  request: z.object({
    /** Makes a key only where there is none yet. */
    onlyIfMissing: z.boolean().default(false),
    /** Trusts nothing but the new key from now on, which ends every access token: for a key that leaked. */
    forgetOthers: z.boolean().default(false),
  }),
  answer: z.object({
    made: z.boolean(),
    /** The id of the key that signs. */
    keyId: z.string(),
    /** The ids of all keys that verify. */
    verifying: z.array(z.string()),
  }),
});

/** What an operator asks of the users service's `create-admin`. */
export const createAdminContract = contract({
  name: 'create-admin',
  request: z.object({ email: z.email().max(254).toLowerCase() }),
  answer: z.discriminatedUnion('outcome', [
    /** The password is told here and never again. */
    z.object({ outcome: z.literal('created'), userId: z.uuid(), email: z.string(), password: z.string() }),
    z.object({ outcome: z.literal('exists'), userId: z.uuid(), email: z.string() }),
  ]),
});
