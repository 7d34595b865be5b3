import type { User } from './user.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A refresh token is valid for 30 days; each refresh replaces it. A session that is not used for so long has ended. */
export const refreshLifetimeMs = 30 * dayMs;

/** A session ends 90 days after its sign-in, however often it is refreshed: a copied token is not of use for ever. */
export const sessionLifetimeMs = 90 * dayMs;

/** When a token that is issued now expires: never after its session. */
export const tokenExpiry = (sessionExpiresAt: Date, now: Date): Date =>
  new Date(Math.min(now.getTime() + refreshLifetimeMs, sessionExpiresAt.getTime()));

/**
 * How long a used token still returns its successor: enough for a second browser tab, and for a client that lost the
 * response and repeats the request after a time-out.
 */
export const graceMs = 10_000;

/** A session, its user, and the token that continues it; only the token's hash is stored. */
export type Session = { id: string; user: User; refreshToken: string };

/** A stored refresh token. The tokens of one session form a family. */
export type RefreshToken = {
  expiresAt: Date;
  usedAt: Date | null;
  /** Whether all sessions of its account were ended after it was issued. */
  sessionEnded: boolean;
};

/** What happens to a token that a client presents. */
export type TokenDecision = 'rotate' | 'repeat' | 'end-session' | 'refuse';

/**
 * A token is used once. Presented again within the grace period, it returns the same successor. Presented later it was
 * copied, and the thief cannot be distinguished from the owner: the session ends with its whole family (RFC 9700,
 * 4.14.2). Expired tokens and those of ended sessions are refused.
 *
 *     issued ──presented──▶ used, and its successor issued ──again within 10 s──▶ the same successor
 *       │ │                                 └──────────────── again later ──────▶ session ended
 *       │ └──── sign-out, or another token of the family presented again later ─▶ session ended
 *       └──30 days, or the session's 90──▶ expired
 *
 * The trade-off: a thief who presents a copy within the same 10 seconds gets the successor too. Whoever of the two
 * refreshes second the next time ends the session of both.
 */
export function decideToken(token: RefreshToken, now: Date): TokenDecision {
  if (token.sessionEnded) return 'refuse';
  if (token.usedAt !== null)
    return now.getTime() - token.usedAt.getTime() <= graceMs ? 'repeat' : 'end-session';
  if (token.expiresAt <= now) return 'refuse';
  return 'rotate';
}
