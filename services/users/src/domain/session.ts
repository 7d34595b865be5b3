/** A refresh token is good for 30 days; each refresh gives a new one. */
export const refreshLifetimeMs = 30 * 24 * 60 * 60 * 1000;

/** A refresh token as it is kept. Tokens of one sign-in are a family. */
export type RefreshToken = {
  familyId: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
};

/** What to do with a token that somebody presents. */
export type Presented = 'rotate' | 'revoke-family' | 'refuse';

/**
 * A token is good once. One that comes a second time was copied, and nobody can tell which of the two is the thief:
 * the whole family ends (RFC 9700, 4.14.2). Expired or revoked ones are refused.
 *
 *   issued ──presented──▶ used ──presented again──▶ family revoked
 *      └──30 days──▶ expired
 */
export function present(token: RefreshToken, now: Date): Presented {
  if (token.revokedAt !== null) return 'refuse';
  if (token.usedAt !== null) return 'revoke-family';
  if (token.expiresAt <= now) return 'refuse';
  return 'rotate';
}
