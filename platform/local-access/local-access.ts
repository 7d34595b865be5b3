import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The names of this machine's loopback interface that no DNS server can point elsewhere. */
const localHost = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/i;

/**
 * Why a request to a local port is refused with 403; undefined if it may pass. Every server of the platform calls it:
 * - The host name must be this machine's. With DNS rebinding, a page of evil.example calls 127.0.0.1 as its own origin;
 *   only the Host header shows it.
 * - `pages: 'own'`: a browser may send requests only from the server's own pages. An API for front ends takes `any`.
 */
export function foreignRequest(
  { host = '', origin }: IncomingHttpHeaders,
  pages: 'own' | 'any',
): string | undefined {
  if (!localHost.test(host)) return 'unknown host name';
  if (pages === 'own' && origin !== undefined && origin !== `http://${host}`)
    return 'requests from pages of other sites are not allowed';
  return undefined;
}

/**
 * The secret of one start of the platform. Whoever has it controls the shop: it is in `running.json`, which only the
 * owner of the data folder may read, and in the console's address that `npm start` prints.
 */
export const newControlSecret = (): string => randomBytes(32).toString('base64url');

/** The header that presents the secret. No browser sends it by itself, unlike a cookie. */
export const withSecret = (secret: string): { authorization: string } => ({
  authorization: `Bearer ${secret}`,
});

/** Whether a request presents the secret; compared in constant time. */
export const hasSecret = ({ authorization = '' }: IncomingHttpHeaders, secret: string): boolean =>
  timingSafeEqual(digest(authorization), digest(withSecret(secret).authorization));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
