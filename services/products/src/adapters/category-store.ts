import { type ChangeStore, changeStore } from '#shared/dynamo/change-store.ts';
import type { Dynamo, Page } from '#shared/dynamo/dynamo.ts';
import { put } from '#shared/dynamo/write.ts';
import { ProductActionRecorded } from '#shared/events/actions.ts';
import type { Category } from '../domain/category.ts';
import { CategoryExists, UnknownCategory } from '../domain/errors.ts';
import type { Tables } from './tables.ts';

/** The categories of the catalogue. @throws CategoryExists from `create` */
export type CategoryStore = Pick<ChangeStore<Category>, 'create'> & {
  /** A page of all categories, in no particular order. */
  list(limit: number, afterId: string | undefined): Promise<Page<Category>>;
};

type Row = { category_id: string; name: string };

const toCategory = ({ category_id, name }: Row): Category => ({ categoryId: category_id, name });

/** The categories table; it stays small, so all of it is a page or two. */
export function categoryStore(dynamo: Dynamo, tables: Tables): CategoryStore {
  const { create } = changeStore<Category>(dynamo.transact, tables, {
    name: 'category',
    notFound: (categoryId) => new UnknownCategory(`There is no category ${categoryId}.`),
    read: async (categoryId) => {
      const row = await dynamo.get<Row>(tables.categories, { category_id: categoryId });
      return row && toCategory(row);
    },
    recorded: {
      definition: ProductActionRecorded,
      target: ({ categoryId }) => ({ kind: 'category', id: categoryId }),
    },
    insert: ({ categoryId, name }) => ({
      writes: [],
      requirements: [
        {
          write: put(tables.categories, { category_id: categoryId, name } satisfies Row, {
            condition: 'attribute_not_exists(category_id)',
          }),
          refusal: () =>
            new CategoryExists(`The category ${categoryId} exists already.`, {
              subjects: [{ kind: 'categoryId', message: 'is taken' }],
            }),
        },
      ],
    }),
    update: () => ({ writes: [] }),
  });
  return {
    create,
    list: async (limit, afterId) => {
      const after = afterId === undefined ? undefined : { category_id: afterId };
      const page = await dynamo.scan<Row>(tables.categories, limit, after);
      return {
        items: page.items.map(toCategory),
        ...(page.next === undefined ? {} : { next: page.next }),
      };
    },
  };
}
