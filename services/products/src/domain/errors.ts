import { shopError } from '#shared/errors.ts';

/** No product has this id. */
export const ProductNotFound = shopError({
  code: 'PRODUCT_NOT_FOUND',
  remedy: 'not-found',
  title: 'No such product',
});
/** A product names a category that does not exist. */
export const UnknownCategory = shopError({
  code: 'UNKNOWN_CATEGORY',
  remedy: 'fix-request',
  title: 'No such category',
});
/** The category's id is taken. */
export const CategoryExists = shopError({
  code: 'CATEGORY_EXISTS',
  remedy: 'conflict',
  title: 'The category exists already',
});
/** A warehouse cannot have less on hand than is reserved there. */
export const StockBelowReserved = shopError({
  code: 'STOCK_BELOW_RESERVED',
  remedy: 'conflict',
  title: 'Less than what is reserved',
});
