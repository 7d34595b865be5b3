import { type Verification, verifyAccessToken } from '#shared/auth/access-token.ts';
import type { PublicKeys } from './public-keys.ts';

/** Says whose a token is. */
export type VerifyToken = (token: string, now: Date) => Promise<Verification>;

/** Verifies a token by the keys at hand; one of an unknown key by the keys read again, as they may have rotated. */
export const tokenVerifier =
  (keys: PublicKeys): VerifyToken =>
  async (token, now) => {
    const result = await verifyAccessToken(token, await keys.known(), now);
    if (result.kind !== 'unknown-key') return result;
    const newer = await keys.again(now);
    return newer === undefined ? result : verifyAccessToken(token, newer, now);
  };
