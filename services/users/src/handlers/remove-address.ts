import { noContent } from '#shared/http/response.ts';
import { runIdempotently } from '#shared/idempotency/run.ts';
import { httpHandler } from '#shared/lambda/http.ts';
import { removeAddressRoute } from '../api.ts';
import { addressBooks, clock, idempotencyStore } from '../app.ts';
import { type AddressBook, decideAddressBook } from '../domain/address-book.ts';

/** Removes one of the caller's addresses. */
export const handler = httpHandler(
  removeAddressRoute,
  ({ params, caller, cause, idempotency, expectedVersion }) =>
    runIdempotently(idempotencyStore(), idempotency, async ({ started }) => {
      const remove = (book: AddressBook) =>
        decideAddressBook(book, { kind: 'remove', ...params, expectedVersion, at: clock() });
      const request = { started, respond: noContent };
      await addressBooks().change(caller.userId, remove, { cause, request });
      return noContent();
    }),
);
