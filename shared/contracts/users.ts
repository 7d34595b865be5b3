import * as z from 'zod';
import { roles } from '../auth/permissions.ts';
import { emailAddress } from '../email.ts';
import { contract } from './contract.ts';

/** What an operator, or the schedule with its own event, sends to the users service's `rotate-signing-keys`. */
export const rotateSigningKeysContract = contract({
  name: 'rotate-signing-keys',
  request: z.object({
    /** Creates a key only if there is none. */
    onlyIfMissing: z.boolean().default(false),
    /** Stops trusting every other key and signs at once, which ends all access tokens: for a key that leaked. */
    revokeOthers: z.boolean().default(false),
  }),
  response: z.object({
    created: z.boolean(),
    /** The id of the new key, or of the one that makes it unnecessary. */
    keyId: z.string(),
    /** When that key starts to sign: published before, so that everybody who caches the key set knows it. */
    signsFrom: z.iso.datetime(),
    /** The ids of all keys that verify. */
    verifying: z.array(z.string()),
  }),
  refusal: z.never(),
});

/** What an operator sends to the users service's `create-user`: an account whose address the operator vouches for. */
export const createUserContract = contract({
  name: 'create-user',
  calledByOperator: true,
  request: z.object({
    email: emailAddress,
    name: z.string().min(1).max(200),
    roles: z.array(z.enum(roles)).min(1),
  }),
  response: z.discriminatedUnion('result', [
    /** The password is returned here and never again. */
    z.object({ result: z.literal('created'), userId: z.uuid(), email: z.string(), password: z.string() }),
    z.object({ result: z.literal('exists'), userId: z.uuid(), email: z.string() }),
  ]),
  /** The address belongs to an account that lacks a role. */
  refusal: z.object({ code: z.literal('EMAIL_TAKEN'), detail: z.string() }),
});
