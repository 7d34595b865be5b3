import { createHash } from 'node:crypto';
import { logger } from '#shared/lambda/telemetry.ts';
import { withinLimits } from '#shared/limits/attempt.ts';
import type { RequestLimits } from '#shared/limits/request-limits.ts';
import type { AccountLimits } from '../adapters/account-limits.ts';
import { TooManySignIns } from '../domain/errors.ts';
import type { FailureLimitName } from '../domain/limits.ts';

/** What the workflow uses: the limits of the service, and those of the request, which reports them. */
export type CheckPasswordDeps = { limits: AccountLimits; requestLimits: RequestLimits };

/** A password that somebody gives for an account, and by what wrong ones are counted. */
export type PasswordAttempt = {
  email: string;
  clientAddress: string;
  countedBy: readonly (readonly [FailureLimitName, string])[];
};

/**
 * Checks a password within the limits of wrong ones. A wrong or refused one is logged with a hash of the address:
 * enough to follow attempts on one account, and no personal data in the log.
 * @throws TooManySignIns
 */
export async function checkPassword(
  { limits, requestLimits }: CheckPasswordDeps,
  { email, clientAddress, countedBy }: PasswordAttempt,
  isRight: () => Promise<boolean>,
): Promise<boolean> {
  const attempted = await withinLimits(
    limits,
    countedBy.map(([name, partition]) => ({ limit: limits.ofFailures(name), partition })),
    isRight,
  );
  if (attempted.kind === 'succeeded') return true;
  const emailHash = createHash('sha256').update(email).digest('hex').slice(0, 16);
  const reason = attempted.kind === 'failed' ? 'wrong-password' : attempted.limit.name;
  logger.warn('password check failed', { emailHash, clientAddress, reason });
  if (attempted.kind === 'failed') return false;
  const { limit, seconds } = attempted;
  requestLimits.report(limit, { remaining: 0, resetSeconds: seconds });
  throw new TooManySignIns('Too many wrong passwords. Wait, then try again.', { retryAfterSeconds: seconds });
}
