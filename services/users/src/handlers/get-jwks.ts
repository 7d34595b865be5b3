import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { getJwksRoute } from '../api.ts';
import { verifyingKeys } from '../app.ts';

/** Others may keep the keys for five minutes; a retired key verifies for far longer than that. */
const cacheControl = 'public, max-age=300';

/** Gives the public keys to whoever verifies access tokens. */
export const handler = httpHandler(getJwksRoute, async () => {
  return { ...ok(await verifyingKeys().known()), headers: { 'Cache-Control': cacheControl } };
});
