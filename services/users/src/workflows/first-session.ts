import type { Clock } from '#shared/clock.ts';
import type { Client } from '#shared/lambda/http-caller.ts';
import type { SessionStore } from '../adapters/session-store.ts';
import type { Credentials } from '../adapters/user-reader.ts';
import { InvalidCredentials } from '../domain/errors.ts';
import { type IssueTokensDeps, issueTokens, type SignedIn } from './issue-tokens.ts';

/** What the workflow uses. */
export type FirstSessionDeps = IssueTokensDeps & { sessions: SessionStore; clock: Clock };

/** Signs in to an account that was just created. @throws InvalidCredentials if it was changed meanwhile */
export async function openFirstSession(
  { sessions, clock, ...issuing }: FirstSessionDeps,
  credentials: Credentials,
  client: Client,
): Promise<SignedIn> {
  const now = clock();
  const session = await sessions.open(credentials, client, now);
  if (session === undefined) throw new InvalidCredentials('The account has changed meanwhile. Sign in.');
  return issueTokens(issuing, session, undefined, now);
}
