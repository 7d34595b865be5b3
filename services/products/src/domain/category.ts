import type { Decision } from '#shared/decider.ts';

/** A category of the catalogue; its id is used in URLs (`garden-tools`). */
export type Category = { categoryId: string; name: string };

/** Creates a category. */
export const createCategory = (category: Category): Decision<Category> => ({
  kind: 'changed',
  state: category,
  events: [],
});
