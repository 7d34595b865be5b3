import { createHash } from 'node:crypto';
import { fingerprintOf, type IdempotentRequest } from '#shared/idempotency/request.ts';
import { hashPassword } from './password-hash.ts';

/**
 * Fingerprints a request that carries a password anew. The edge's fingerprint is one fast hash over the whole body:
 * kept for a day beside the account, it would let a thief of the table guess passwords far faster than argon2id lets
 * him. So the password goes in by its argon2id hash, salted by the key so that a retry meets the same fingerprint.
 */
export async function withHashedSecret(
  request: IdempotentRequest | undefined,
  secret: string,
  others: unknown[],
): Promise<IdempotentRequest | undefined> {
  if (request === undefined) return undefined;
  const salt = createHash('sha256').update(`${request.scope} ${request.key}`).digest().subarray(0, 16);
  return { ...request, fingerprint: fingerprintOf(await hashPassword(secret, salt), ...others) };
}
