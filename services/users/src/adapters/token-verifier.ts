import { type Verification, verifyAccessToken } from '#shared/auth/access-token.ts';
import type { PublicKeys } from './public-keys.ts';

/** Verifies an access token. */
export type VerifyToken = (token: string, now: Date) => Promise<Verification>;

/** Verifies with the cached keys; for an unknown key id with the keys read again, since they may have been rotated. */
export const tokenVerifier =
  (keys: PublicKeys): VerifyToken =>
  async (token, now) => {
    const result = await verifyAccessToken(token, await keys.cached(), now);
    if (result.kind !== 'unknown-key') return result;
    const newer = await keys.reload(now);
    return newer === undefined ? result : verifyAccessToken(token, newer, now);
  };
