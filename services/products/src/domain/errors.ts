import { shopError } from '#shared/errors.ts';

/** No product has this id, or it is not on sale where only a product on sale will do. */
export const ProductNotFound = shopError({
  code: 'PRODUCT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such product',
});
/** A product names a category that does not exist. */
export const UnknownCategory = shopError({
  code: 'UNKNOWN_CATEGORY',
  remedy: 'fix-request',
  status: 422,
  title: 'No such category',
});
/** The category's id is taken. */
export const CategoryExists = shopError({
  code: 'CATEGORY_EXISTS',
  remedy: 'conflict',
  title: 'The category exists already',
});
/** Less is left than was asked for; the fields name each short line with what is left. */
export const OutOfStock = shopError({
  code: 'OUT_OF_STOCK',
  remedy: 'conflict',
  title: 'Not enough in stock',
});
/** The pieces of an order lie in more places than one hold can take from; fewer products or pieces fit. */
export const OrderTooScattered = shopError({
  code: 'ORDER_TOO_SCATTERED',
  remedy: 'fix-request',
  status: 422,
  title: 'The pieces lie in too many warehouses for one order',
});
/** The order holds other lines, or its stock is committed: it cannot be held again. */
export const HoldRefused = shopError({
  code: 'HOLD_REFUSED',
  remedy: 'conflict',
  title: 'The order cannot hold this stock',
});
/** A warehouse cannot have less on hand than is reserved there. */
export const StockBelowReserved = shopError({
  code: 'STOCK_BELOW_RESERVED',
  remedy: 'conflict',
  title: 'Less than what is reserved',
});
