import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { addAddressRoute } from '../api.ts';
import { addressBooks, clock, idempotencyStore } from '../app.ts';
import { type AddressBook, addressEntry, addressIn, decideAddressBook } from '../domain/address-book.ts';
import { addedAddressResponse } from '../views.ts';

/** Adds an address to the caller's book. */
export const handler = httpHandler(addAddressRoute, ({ body, caller, cause, idempotency }) =>
  runIdempotently(idempotencyStore(), idempotency, async ({ resourceId: addressId, started }) => {
    const entry = addressEntry(body);
    const add = (book: AddressBook) =>
      decideAddressBook(book, { kind: 'add', addressId, entry, at: clock() });
    const respond = (book: AddressBook) => addedAddressResponse(addressIn(book, addressId));
    return respond(await addressBooks().change(caller.userId, add, { cause, request: { started, respond } }));
  }),
);
