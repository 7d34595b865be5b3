import { type Verification, verifyAccessToken } from '#shared/auth/access-token.ts';
import type { PublicKeys } from './public-keys.ts';

/** Verifies a token by the keys at hand; one of an unknown key by the keys read again, as they may have rotated. */
export async function verifyWith(keys: PublicKeys, token: string, now: Date): Promise<Verification> {
  const result = await verifyAccessToken(token, await keys.known(), now);
  if (result.kind !== 'unknown-key') return result;
  const newer = await keys.again(now);
  return newer === undefined ? result : verifyAccessToken(token, newer, now);
}
