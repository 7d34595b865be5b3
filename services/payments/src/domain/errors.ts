import { shopError } from '#shared/errors.ts';

/** There is no payment for this order yet, or the order belongs to another customer, which the response does not reveal. */
export const PaymentNotFound = shopError({
  code: 'PAYMENT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No payment for this order',
});
/** A webhook's signature is not the provider's, or too old. */
export const InvalidSignature = shopError({
  code: 'INVALID_SIGNATURE',
  remedy: 'not-allowed',
  title: 'The signature does not match the body',
});
