import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getJwksRoute } from '../api.ts';
import { verifyingKeys } from '../app.ts';

/** Clients may cache the keys for five minutes; a retired key verifies for much longer. */
const cacheControl = 'public, max-age=300';

/** Returns the public keys that verify access tokens. */
export const handler = httpHandler(getJwksRoute, async () => {
  return { ...ok(await verifyingKeys().cached()), headers: { 'Cache-Control': cacheControl } };
});
