import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getJwksRoute } from '../api.ts';
import { verifyingKeys } from '../app.ts';
import { keySetMaxAgeMs } from '../domain/key-ring.ts';

/** A new key is in the set for much longer before it signs, and a retired one after it. */
const cacheControl = `public, max-age=${keySetMaxAgeMs / 1000}`;

/** Returns the public keys that verify access tokens. */
export const handler = httpHandler(getJwksRoute, async () => {
  return { ...ok(await verifyingKeys().cached()), headers: { 'Cache-Control': cacheControl } };
});
