/** The names of the tables that this service works with. */
export type Tables = {
  products: string;
  categories: string;
  inventory: string;
  reservations: string;
  outbox: string;
  idempotency: string;
};

/** The sort key of the item that says how a product is sold; it sorts after every warehouse. */
export const offerKey = '~offer';
