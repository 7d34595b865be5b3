import { shopError } from '#shared/errors.ts';

/** There is no payment for this order (yet), or the order is somebody else's (which is not told). */
export const PaymentNotFound = shopError({
  code: 'PAYMENT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No payment for this order',
});
/** A webhook is not signed by the payment provider, or too long ago. */
export const InvalidSignature = shopError({
  code: 'INVALID_SIGNATURE',
  remedy: 'fix-request',
  title: 'The signature does not belong to the body',
});
