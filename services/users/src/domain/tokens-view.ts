import { accessToken as rules } from '#shared/auth/access-token.ts';

/** What a sign-in or a refresh answers, in the words of RFC 6749 section 5.1. */
export const toTokens = (accessToken: string, refreshToken: string) => ({
  accessToken,
  tokenType: 'Bearer' as const,
  expiresIn: rules.lifetimeSeconds,
  refreshToken,
});
