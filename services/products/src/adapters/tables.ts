import type { ChangeTables } from '#shared/dynamo/change-store.ts';

/** The tables of this service. */
export type Tables = ChangeTables & {
  products: string;
  categories: string;
  inventory: string;
  reservations: string;
};

/** The sort key of a product's offer in the inventory table; it sorts after every warehouse. */
export const offerKey = '~offer';
