/** A refresh token is valid for 30 days; each refresh replaces it. */
export const refreshLifetimeMs = 30 * 24 * 60 * 60 * 1000;

/**
 * How long a used token still returns its successor: enough for a second browser tab, and for a client that lost the
 * response and repeats the request after a time-out.
 */
export const graceMs = 10_000;

/** A stored refresh token. The tokens of one sign-in form a family. */
export type RefreshToken = {
  familyId: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
};

/** What happens to a token that a client presents. */
export type TokenDecision = 'rotate' | 'repeat' | 'revoke-family' | 'refuse';

/**
 * A token is used once. Presented again within the grace period, it returns the same successor. Presented later it was
 * copied, and the thief cannot be distinguished from the owner: the whole family is revoked (RFC 9700, 4.14.2). Expired
 * and revoked tokens are refused.
 *
 *     issued ──presented──▶ used, and its successor issued ──again within 10 s──▶ the same successor
 *       │ │                                 └──────────────── again later ──────▶ family revoked
 *       │ └──── sign-out, or another token of the family presented again later ─▶ family revoked
 *       └──30 days──▶ expired
 *
 * The trade-off: a thief who presents a copy within the same 10 seconds gets the successor too. Whoever of the two
 * refreshes second the next time ends the session of both.
 */
export function decideToken(token: RefreshToken, now: Date): TokenDecision {
  if (token.revokedAt !== null) return 'refuse';
  if (token.usedAt !== null)
    return now.getTime() - token.usedAt.getTime() <= graceMs ? 'repeat' : 'revoke-family';
  if (token.expiresAt <= now) return 'refuse';
  return 'rotate';
}
