import { shopError } from '#shared/errors.ts';

/** There is no such order, or it belongs to another customer, which the response does not reveal. */
export const OrderNotFound = shopError({
  code: 'ORDER_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such order',
});
/** Lines ask for more than is left; `subjects` name each such line. */
export const OutOfStock = shopError({
  code: 'OUT_OF_STOCK',
  remedy: 'conflict',
  title: 'Not enough in stock',
});
/** Lines name a product that does not exist or is not on sale. */
export const UnknownProduct = shopError({
  code: 'UNKNOWN_PRODUCT',
  remedy: 'fix-request',
  title: 'A product is not on sale',
});
/** The pieces are in more warehouses than one order can collect from; fewer products or pieces would fit. */
export const OrderTooScattered = shopError({
  code: 'ORDER_TOO_SCATTERED',
  remedy: 'fix-request',
  title: 'The pieces are in too many warehouses for one order',
});
/** The lines are priced in more than one currency. */
export const MixedCurrencies = shopError({
  code: 'MIXED_CURRENCIES',
  remedy: 'fix-request',
  title: 'The products have different currencies',
});
/** The total is above the maximum of one payment. */
export const OrderTooLarge = shopError({
  code: 'ORDER_TOO_LARGE',
  remedy: 'fix-request',
  title: 'The order is too large',
});
/** The total is below the payment provider's minimum. */
export const OrderTooSmall = shopError({
  code: 'ORDER_TOO_SMALL',
  remedy: 'fix-request',
  title: 'The order is too small',
});
/** The request began too long ago and its reservation has expired; the same request may be sent again. */
export const OrderAttemptExpired = shopError({
  code: 'ORDER_ATTEMPT_EXPIRED',
  remedy: 'conflict',
  title: 'This attempt has expired; send it again',
});
/** The order is shipped or completed. */
export const OrderNotCancellable = shopError({
  code: 'ORDER_NOT_CANCELLABLE',
  remedy: 'conflict',
  title: 'The order can no longer be cancelled',
});
/** Only a paid order is shipped, and only once. */
export const OrderNotShippable = shopError({
  code: 'ORDER_NOT_SHIPPABLE',
  remedy: 'conflict',
  title: 'The order cannot be shipped',
});
/** Only a shipped order is completed. */
export const OrderNotCompletable = shopError({
  code: 'ORDER_NOT_COMPLETABLE',
  remedy: 'conflict',
  title: 'The order cannot be completed',
});
