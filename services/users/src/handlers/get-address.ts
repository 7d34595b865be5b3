import { httpHandler } from '#shared/lambda/http.ts';
import { getAddressRoute } from '../api.ts';
import { addressBooks } from '../app.ts';
import { addressIn } from '../domain/address-book.ts';
import { addressResponse } from '../views.ts';

/** Returns one of the caller's addresses. */
export const handler = httpHandler(getAddressRoute, async ({ caller, params }) =>
  addressResponse(addressIn(await addressBooks().read(caller.userId), params.addressId)),
);
