import { randomBytes } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import type { SessionStore } from '../adapters/session-store.ts';
import { NoSecondFactor, SecondFactorActive, UserNotFound, WrongCode } from '../domain/errors.ts';
import { recoveryCodeBytes, recoveryCodeCount } from '../domain/second-factor.ts';
import { acceptedStep, enrolmentOf, recoveryCode, secretBytes } from '../domain/totp.ts';
import { type CheckSecondFactorDeps, checkSecondFactor, recordOf } from './check-second-factor.ts';
import { type ConfirmOwnerDeps, confirmOwner } from './confirm-owner.ts';

/** What the workflows use. */
export type SecondFactorDeps = ConfirmOwnerDeps & CheckSecondFactorDeps & { clock: Clock };

/** The signed-in owner of the account, with the current password. */
export type Owner = { userId: string; clientAddress: string; currentPassword: string };

/**
 * Begins to set up a second factor, and returns what the device needs. It is not active before a code has confirmed it.
 * @throws WrongPassword, TooManySignIns, UserNotFound, SecondFactorActive
 */
export async function enrolSecondFactor(
  deps: SecondFactorDeps,
  owner: Owner,
): Promise<{ secret: string; uri: string }> {
  const { accounts, inTransaction, factorsIn, secrets, clock } = deps;
  await confirmOwner(deps, owner, owner.currentPassword);
  const found = await accounts.byId(owner.userId);
  if (found === undefined) throw new UserNotFound('There is no such account.');
  const secret = randomBytes(secretBytes);
  const sealed = await secrets.seal(secret, owner.userId);
  const enrolled = await inTransaction(({ transaction }) =>
    factorsIn(transaction).enrol(owner.userId, sealed, clock()),
  );
  if (!enrolled) throw new SecondFactorActive('Remove the active second factor first.');
  return enrolmentOf(secret, found.user.email);
}

/** What confirming a second factor uses. */
export type ConfirmSecondFactorDeps = Pick<
  SecondFactorDeps,
  'inTransaction' | 'factorsIn' | 'secrets' | 'clock'
> & {
  sessions: SessionStore;
};

/**
 * Activates a second factor by its first code, and returns the recovery codes, which are shown this once. All other sessions
 * end: they were begun without it. Attempts are not limited: whoever set it up knows the secret.
 * @throws NoSecondFactor, WrongCode
 */
export async function confirmSecondFactor(
  { inTransaction, factorsIn, secrets, clock, sessions }: ConfirmSecondFactorDeps,
  { userId, sessionId, code }: { userId: string; sessionId: string; code: string },
  cause: Cause,
): Promise<string[]> {
  const now = clock();
  const codes = Array.from({ length: recoveryCodeCount }, () => recoveryCode(randomBytes(recoveryCodeBytes)));
  await inTransaction(async ({ transaction, announce }) => {
    const factors = factorsIn(transaction);
    const stored = await factors.find(userId);
    if (stored?.state !== 'pending') throw new NoSecondFactor('No second factor waits for a code.');
    const step = acceptedStep(
      await secrets.open(stored.sealedSecret, userId),
      code.replaceAll(/\s/g, ''),
      now,
    );
    if (step === undefined)
      throw new WrongCode('The code is wrong. Check the clock of the device.', {
        subjects: [{ kind: 'code', message: 'is wrong' }],
      });
    const plain = codes.map((each) => each.replaceAll('-', ''));
    if (!(await factors.activate(userId, stored.sealedSecret, step, plain, now)))
      throw new NoSecondFactor('No second factor waits for a code.');
    await sessions.markSecondFactor(transaction, sessionId, now);
    await sessions.revokeAll(transaction, userId, { except: sessionId });
    await announce([recordOf('second-factor-activated', userId, now)], cause);
  });
  return codes;
}

/**
 * Removes the second factor. It requires password and code: a signed-in device is not enough.
 * @throws WrongPassword, WrongCode, TooManySignIns, NoSecondFactor
 */
export async function removeSecondFactor(
  deps: SecondFactorDeps,
  owner: Owner & { code: string },
  cause: Cause,
): Promise<void> {
  const { accounts, inTransaction, factorsIn, clock } = deps;
  const now = clock();
  await confirmOwner(deps, owner, owner.currentPassword);
  const found = await accounts.byId(owner.userId);
  if (found?.user.secondFactor !== true) throw new NoSecondFactor('There is no active second factor.');
  await checkSecondFactor(deps, owner, cause, now);
  await inTransaction(async ({ transaction, announce }) => {
    if (!(await factorsIn(transaction).remove(owner.userId))) return;
    await announce([recordOf('second-factor-removed', owner.userId, now)], cause);
  });
}
