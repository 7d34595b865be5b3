import { recordedAction } from '#shared/audit/recorded-action.ts';
import { UserActionRecorded } from '#shared/events/actions.ts';
import type { Cause } from '#shared/events/event.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { withinLimits } from '#shared/limits/attempt.ts';
import type { AccountTransaction } from '../adapters/account-transaction.ts';
import type { SecondFactorsIn } from '../adapters/second-factor-store.ts';
import type { SecretBox } from '../adapters/secret-box.ts';
import { TooManySignIns, WrongCode } from '../domain/errors.ts';
import { parseCode } from '../domain/second-factor.ts';
import { acceptedStep } from '../domain/totp.ts';
import type { CheckPasswordDeps } from './check-password.ts';

/** What the workflow uses. */
export type CheckSecondFactorDeps = CheckPasswordDeps & {
  inTransaction: AccountTransaction;
  factorsIn: SecondFactorsIn;
  secrets: SecretBox;
};

/** A code that somebody gives for an account. */
export type CodeAttempt = { userId: string; code: string; clientAddress: string };

/**
 * Requires a code of the account's active second factor: one that the device shows, or a recovery code. Each is accepted
 * once. Wrong ones are counted by account and logged.
 * @throws WrongCode, TooManySignIns
 */
export async function checkSecondFactor(
  deps: CheckSecondFactorDeps,
  { userId, code, clientAddress }: CodeAttempt,
  cause: Cause,
  now: Date,
): Promise<void> {
  const { limits, requestLimits } = deps;
  const limit = limits.ofFailures('second-factor-account');
  const attempted = await withinLimits(limits, [{ limit, partition: userId }], () =>
    accept(deps, userId, code, cause, now),
  );
  if (attempted.kind === 'succeeded') return;
  const reason = attempted.kind === 'failed' ? 'wrong-code' : limit.name;
  logger.warn('second factor check failed', { userId, clientAddress, reason });
  if (attempted.kind === 'failed')
    throw new WrongCode('The code is wrong, or was used before. Wait for the next one.', {
      subjects: [{ kind: 'code', message: 'is wrong, or was used before' }],
    });
  requestLimits.report(limit, { remaining: 0, resetSeconds: attempted.seconds });
  throw new TooManySignIns('Too many wrong codes. Wait, then try again.', {
    retryAfterSeconds: attempted.seconds,
  });
}

const accept = (
  { inTransaction, factorsIn, secrets }: CheckSecondFactorDeps,
  userId: string,
  text: string,
  cause: Cause,
  now: Date,
): Promise<boolean> =>
  inTransaction(async ({ transaction, announce }) => {
    const factors = factorsIn(transaction);
    const { kind, code } = parseCode(text);
    if (kind === 'recovery') {
      const accepted = await factors.acceptRecoveryCode(userId, code);
      if (accepted) await announce([recordOf('recovery-code-used', userId, now)], cause);
      return accepted;
    }
    const stored = await factors.find(userId);
    if (stored?.state !== 'active') return false;
    const step = acceptedStep(await secrets.open(stored.sealedSecret, userId), code, now);
    return step !== undefined && factors.acceptStep(userId, step);
  });

/** What happened to the second factor of an account, for the audit log. */
export const recordOf = (action: string, userId: string, at: Date) =>
  recordedAction(UserActionRecorded, { action, target: { kind: 'account', id: userId } }, { at });
