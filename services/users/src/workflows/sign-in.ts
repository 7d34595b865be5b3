import { isStaffRole } from '#shared/auth/permissions.ts';
import type { Clock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import type { Client } from '#shared/lambda/http-caller.ts';
import { clientOf, networkOf } from '#shared/limits/client-network.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { PasswordHashes } from '../adapters/password-hashes.ts';
import type { SessionStore } from '../adapters/session-store.ts';
import type { Credentials, UserReader } from '../adapters/user-reader.ts';
import { InvalidCredentials, SecondFactorRequired } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { checkPassword, type PasswordAttempt } from './check-password.ts';
import { type CheckSecondFactorDeps, checkSecondFactor } from './check-second-factor.ts';
import { type IssueTokensDeps, issueTokens, type SignedIn } from './issue-tokens.ts';

/** What the workflow uses. */
export type SignInDeps = CheckSecondFactorDeps &
  IssueTokensDeps & {
    sessions: SessionStore;
    accounts: UserReader;
    passwords: Passwords;
    hashes: PasswordHashes;
    clock: Clock;
  };

/** What a client sends. A device that has signed in to the account before has a token. */
export type SignInRequest = {
  email: string;
  password: string;
  /** Of the second factor, if the account has one. */
  code: string | undefined;
  deviceToken: string | undefined;
  client: Client;
  cause: Cause;
};

/**
 * Starts a session, and hashes the password again if its hash has outdated parameters. An unknown or disabled account
 * and a wrong password cause the same work and the same refusal.
 * @throws InvalidCredentials, SecondFactorRequired, WrongCode, TooManySignIns, TooManyRequests; Unavailable before the first signing key exists
 */
export async function signIn(deps: SignInDeps, request: SignInRequest): Promise<SignedIn> {
  const { accounts, passwords, hashes, clock } = deps;
  const { email, password, deviceToken, client } = request;
  const now = clock();
  const countedBy = await countSignIn(deps, request, now);
  let found: Credentials | undefined;
  const isRight = await checkPassword(deps, { email, clientAddress: client.address, countedBy }, async () => {
    found = await accounts.signInAccount(email);
    return passwords.match(password, found?.passwordHash);
  });
  const session = isRight && found ? await openSession(deps, request, found, now) : undefined;
  if (session === undefined || found === undefined)
    throw new InvalidCredentials('E-mail address or password is wrong.');
  if (passwords.isOutdated(found.passwordHash))
    await hashes.replace(found.user.id, found.passwordHash, await passwords.hash(password));
  return issueTokens(deps, session, deviceToken, now);
}

/**
 * Requires a code if the account has a second factor, and returns when it was proved. Only who knows the password learns
 * that it has one.
 */
async function proveSecondFactor(
  deps: SignInDeps,
  { code, client, cause }: SignInRequest,
  { id: userId, roles, secondFactor }: User,
  now: Date,
): Promise<Date | undefined> {
  if (!secondFactor) return undefined;
  if (code === undefined)
    throw new SecondFactorRequired('Send the code of your second factor, or a recovery code.', {
      subjects: [{ kind: 'code', message: 'is required' }],
    });
  const actor = { kind: roles.some(isStaffRole) ? ('staff' as const) : ('customer' as const), id: userId };
  await checkSecondFactor(deps, { userId, code, clientAddress: client.address }, { ...cause, actor }, now);
  return now;
}

/**
 * Opens a session. If the stored hash has changed since the password was checked, it checks once more: a sign-in at the
 * same time may have replaced an outdated hash of the same password.
 */
async function openSession(
  deps: SignInDeps,
  request: SignInRequest,
  checked: Credentials,
  now: Date,
): Promise<Session | undefined> {
  const { accounts, passwords, sessions } = deps;
  const { email, password, client } = request;
  const secondFactorAt = await proveSecondFactor(deps, request, checked.user, now);
  const session = await sessions.open(checked, client, now, secondFactorAt);
  if (session !== undefined) return session;
  const current = await accounts.signInAccount(email);
  if (current === undefined || current.passwordHash === checked.passwordHash) return undefined;
  return (await passwords.match(password, current.passwordHash))
    ? sessions.open(current, client, now, secondFactorAt)
    : undefined;
}

/**
 * Counts a request to sign in, and returns by what a wrong password counts. A known device is counted by itself: neither
 * failures of strangers on the account nor those of others at its client address lock it out.
 * @throws TooManyRequests
 */
async function countSignIn(
  { devices, requestLimits }: SignInDeps,
  { email, deviceToken, client }: SignInRequest,
  now: Date,
): Promise<PasswordAttempt['countedBy']> {
  if (deviceToken !== undefined && (await devices.isKnown(deviceToken, email, now))) {
    await requestLimits.take('login-device', deviceToken);
    return [['wrong-password-device', deviceToken]];
  }
  await requestLimits.take('login-client', clientOf(client.address));
  return [
    ['wrong-password-client', clientOf(client.address)],
    ['wrong-password-network', networkOf(client.address)],
    ['wrong-password-account', email],
  ];
}
