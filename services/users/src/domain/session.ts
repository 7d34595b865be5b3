/** A refresh token is valid for 30 days; each refresh replaces it. */
export const refreshLifetimeMs = 30 * 24 * 60 * 60 * 1000;

/** A stored refresh token. The tokens of one sign-in form a family. */
export type RefreshToken = {
  familyId: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
};

/** What happens to a token that a client presents. */
export type TokenDecision = 'rotate' | 'revoke-family' | 'refuse';

/**
 * A token is valid once. One that is presented again was copied, and the thief cannot be distinguished from the owner: the whole
 * family is revoked (RFC 9700, 4.14.2). Expired and revoked tokens are refused.
 *
 *     issued ──presented──▶ used, and the next one issued ──presented again──▶ family revoked
 *       │ └──── sign-out, or another token of the family presented again ────▶ family revoked
 *       └──30 days──▶ expired
 *
 * The trade-off: a client that loses the response of a refresh and repeats it must sign in again, since its repetition
 * looks like a theft. Two refreshes at once count as a repetition too: one of them gets the next token, and then both
 * lose the session. Clients therefore refresh once at a time.
 */
export function decideToken(token: RefreshToken, now: Date): TokenDecision {
  if (token.revokedAt !== null) return 'refuse';
  if (token.usedAt !== null) return 'revoke-family';
  if (token.expiresAt <= now) return 'refuse';
  return 'rotate';
}
