import { shopError } from '#shared/errors.ts';

/** There is no such order, or it is somebody else's (which is not told). */
export const OrderNotFound = shopError({
  code: 'ORDER_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such order',
});
/** A line wants more than is left; `fields` names each such line. */
export const OutOfStock = shopError({
  code: 'OUT_OF_STOCK',
  remedy: 'conflict',
  title: 'Not enough in stock',
});
/** A line names a product that is not there or not on sale. */
export const UnknownProduct = shopError({
  code: 'UNKNOWN_PRODUCT',
  remedy: 'fix-request',
  status: 422,
  title: 'A product is not on sale',
});
/** The pieces lie in more warehouses than one order can collect from; fewer products or pieces fit. */
export const OrderTooScattered = shopError({
  code: 'ORDER_TOO_SCATTERED',
  remedy: 'fix-request',
  status: 422,
  title: 'The pieces lie in too many warehouses for one order',
});
/** The lines are priced in more than one currency. */
export const MixedCurrencies = shopError({
  code: 'MIXED_CURRENCIES',
  remedy: 'fix-request',
  status: 422,
  title: 'The products have different currencies',
});
/** The total is beyond what one payment can carry. */
export const OrderTooLarge = shopError({
  code: 'ORDER_TOO_LARGE',
  remedy: 'fix-request',
  status: 422,
  title: 'The order is too large',
});
/** The total is below what the payment provider charges at least. */
export const OrderTooSmall = shopError({
  code: 'ORDER_TOO_SMALL',
  remedy: 'fix-request',
  status: 422,
  title: 'The order is too small',
});
/** The request was begun too long ago, and what was held for it is given up; the same request may be sent anew. */
export const OrderAttemptLapsed = shopError({
  code: 'ORDER_ATTEMPT_LAPSED',
  remedy: 'conflict',
  title: 'This attempt was given up; send it again',
});
/** The order has left the house, or is completed. */
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
