import type { Clock } from '#shared/clock.ts';
import type { Client } from '#shared/lambda/http-caller.ts';
import { clientOf, networkOf } from '#shared/limits/client-network.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { PasswordHashes } from '../adapters/password-hashes.ts';
import type { Session, SessionStore } from '../adapters/session-store.ts';
import type { Credentials, UserReader } from '../adapters/user-reader.ts';
import { InvalidCredentials } from '../domain/errors.ts';
import { type CheckPasswordDeps, checkPassword, type PasswordAttempt } from './check-password.ts';
import { type IssueTokensDeps, issueTokens, type SignedIn } from './issue-tokens.ts';

/** What the workflow uses. */
export type SignInDeps = CheckPasswordDeps &
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
  deviceToken: string | undefined;
  client: Client;
};

/**
 * Starts a session, and hashes the password again if its hash has outdated parameters. An unknown or disabled account
 * and a wrong password cause the same work and the same refusal.
 * @throws InvalidCredentials, TooManySignIns, TooManyRequests; Unavailable before the first signing key exists
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
 * Opens a session. If the stored hash has changed since the password was checked, it checks once more: a sign-in at the
 * same time may have replaced an outdated hash of the same password.
 */
async function openSession(
  { accounts, passwords, sessions }: SignInDeps,
  { email, password, client }: SignInRequest,
  checked: Credentials,
  now: Date,
): Promise<Session | undefined> {
  const session = await sessions.open(checked, client, now);
  if (session !== undefined) return session;
  const current = await accounts.signInAccount(email);
  if (current === undefined || current.passwordHash === checked.passwordHash) return undefined;
  return (await passwords.match(password, current.passwordHash))
    ? sessions.open(current, client, now)
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
