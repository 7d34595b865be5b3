import { createHash } from 'node:crypto';
import { fingerprintOf, type IdempotentRequest } from '#shared/idempotency/request.ts';
import { hashPassword } from './password-hash.ts';

/**
 * Replaces the fingerprint of a request that carries a password. The usual one is a fast hash over the whole body:
 * stored for a day next to the account, it would let a thief of the table guess passwords much faster than argon2id
 * allows. So the password is included as its argon2id hash, salted by the key so that a retry has the same fingerprint.
 */
export async function withHashedPassword(
  request: IdempotentRequest | undefined,
  password: string,
  others: unknown[],
): Promise<IdempotentRequest | undefined> {
  if (request === undefined) return undefined;
  const salt = createHash('sha256').update(`${request.scope} ${request.key}`).digest().subarray(0, 16);
  return { ...request, fingerprint: fingerprintOf(await hashPassword(password, salt), ...others) };
}
