import type { Clock } from '#shared/clock.ts';
import type { Passwords } from '../adapters/password-hash.ts';
import type { PasswordHashes } from '../adapters/password-hashes.ts';
import type { SessionStore } from '../adapters/session-store.ts';
import type { SignInAttempts } from '../adapters/sign-in-attempts.ts';
import type { IssueAccessToken } from '../adapters/token-issuer.ts';
import type { UserReader } from '../adapters/user-reader.ts';
import { InvalidCredentials } from '../domain/errors.ts';

/** What the workflow uses. */
export type SignInDeps = {
  accounts: UserReader;
  attempts: SignInAttempts;
  passwords: Passwords;
  hashes: PasswordHashes;
  sessions: SessionStore;
  issueAccessToken: IssueAccessToken;
  clock: Clock;
};

/**
 * Starts a session, and hashes the password again if its hash has outdated parameters. An unknown account and a wrong password cause the same work and the same refusal.
 * @throws InvalidCredentials, TooManySignIns; Unavailable before the first signing key exists
 */
export async function signIn(
  { accounts, attempts, passwords, hashes, sessions, issueAccessToken, clock }: SignInDeps,
  email: string,
  password: string,
): Promise<{ accessToken: string; refreshToken: string }> {
  const now = clock();
  let found: Awaited<ReturnType<UserReader['byEmail']>>;
  const isRight = await attempts.check(email, async () => {
    found = await accounts.byEmail(email);
    return passwords.match(password, found?.passwordHash);
  });
  if (!isRight || found === undefined) throw new InvalidCredentials('E-mail address or password is wrong.');
  if (passwords.isOutdated(found.passwordHash))
    await hashes.replace(found.user.id, found.passwordHash, await passwords.hash(password));
  const { id, refreshToken } = await sessions.open(found.user, now);
  return { accessToken: await issueAccessToken(found.user, id, now), refreshToken };
}
