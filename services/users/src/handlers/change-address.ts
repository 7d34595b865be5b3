import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { changeAddressRoute } from '../api.ts';
import { addressBooks, clock, idempotencyStore } from '../app.ts';
import { type AddressBook, addressEntry, addressIn, decideAddressBook } from '../domain/address-book.ts';
import { addressResponse } from '../views.ts';

/** Replaces one of the caller's addresses. */
export const handler = httpHandler(changeAddressRoute, ({ body, params, caller, cause, ...request }) =>
  runIdempotently(idempotencyStore(), request.idempotency, async ({ started }) => {
    const entry = addressEntry(body);
    const { expectedVersion } = request;
    const change = (book: AddressBook) =>
      decideAddressBook(book, { kind: 'change', ...params, entry, expectedVersion, at: clock() });
    const respond = (book: AddressBook) => addressResponse(addressIn(book, params.addressId));
    return respond(
      await addressBooks().change(caller.userId, change, { cause, request: { started, respond } }),
    );
  }),
);
