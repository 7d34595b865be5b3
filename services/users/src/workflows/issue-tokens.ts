import type { KnownDevices } from '../adapters/known-devices.ts';
import type { IssueAccessToken } from '../adapters/token-issuer.ts';
import type { Session } from '../domain/session.ts';

/** What the workflow uses. */
export type IssueTokensDeps = { devices: KnownDevices; issueAccessToken: IssueAccessToken };

/** The tokens of a new session, and the token by which the device is known from now on. */
export type SignedIn = { accessToken: string; refreshToken: string; deviceToken: string };

/** Issues the tokens of a session that was opened. @throws Unavailable before the first signing key exists */
export async function issueTokens(
  { devices, issueAccessToken }: IssueTokensDeps,
  { id, user, refreshToken }: Session,
  deviceToken: string | undefined,
  now: Date,
): Promise<SignedIn> {
  return {
    accessToken: await issueAccessToken(user.id, id, now),
    refreshToken,
    deviceToken: await devices.remember(user.id, deviceToken, now),
  };
}
