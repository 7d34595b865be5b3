import { ok } from '#shared/http/response.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { listAddressesRoute } from '../api.ts';
import { addressBooks } from '../app.ts';
import { addressView } from '../views.ts';

/** Returns the caller's addresses. */
export const handler = httpHandler(listAddressesRoute, async ({ caller }) => {
  const { addresses } = await addressBooks().read(caller.userId);
  return ok({ items: addresses.map(addressView) });
});
