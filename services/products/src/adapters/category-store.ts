import { conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo, Page } from '#shared/dynamo/dynamo.ts';
import { put, type Write } from '#shared/dynamo/write.ts';
import { CategoryExists } from '../domain/errors.ts';

/** A shelf of the catalogue; its id is what addresses are made of (`garden-tools`). */
export type Category = { categoryId: string; name: string };

/** The shelves of the catalogue. */
export type CategoryStore = {
  /** `also` are writes of the same transaction. @throws CategoryExists */
  add(category: Category, also: Write[]): Promise<void>;
  /** A page of all categories, in no particular order. */
  list(limit: number, afterId: string | undefined): Promise<Page<Category>>;
};

type Row = { category_id: string; name: string };

/** The categories table; it stays small, so that reading all of it is a page or two. */
export const categoryStore = (dynamo: Dynamo, table: string): CategoryStore => ({
  add: async ({ categoryId, name }, also) => {
    const row = put(table, { category_id: categoryId, name } satisfies Row, {
      condition: 'attribute_not_exists(category_id)',
    });
    try {
      await dynamo.transact([row, ...also]);
    } catch (error) {
      if (!conditionFailed(error, row)) throw error;
      throw new CategoryExists(`The category ${categoryId} exists already.`, {
        subjects: [{ kind: 'categoryId', message: 'is taken' }],
      });
    }
  },
  list: async (limit, afterId) => {
    const page = await dynamo.scan<Row>(
      table,
      limit,
      afterId === undefined ? undefined : { category_id: afterId },
    );
    return {
      items: page.items.map(({ category_id, name }) => ({ categoryId: category_id, name })),
      ...(page.next === undefined ? {} : { next: page.next }),
    };
  },
});
