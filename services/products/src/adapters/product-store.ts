import {
  type ChangeStore,
  changeStore,
  type Requirement,
  type StateWrites,
} from '#shared/dynamo/change-store.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { check, put, remove, type Write } from '#shared/dynamo/write.ts';
import { ProductActionRecorded } from '#shared/events/actions.ts';
import { ProductNotFound, UnknownCategory } from '../domain/errors.ts';
import type { CatalogueEntry, Product } from '../domain/product.ts';
import type { Offer } from '../domain/stock.ts';
import { type ProductRow, toProduct, toRow } from './product-items.ts';
import { readStock, toOfferRow } from './stock-items.ts';
import type { Tables } from './tables.ts';

/** Products with their offers. @throws UnknownCategory from `create` and `change` */
export type ProductStore = ChangeStore<CatalogueEntry> & {
  /** Reads a product without its offer, in one call. @throws ProductNotFound */
  readProduct(productId: string): Promise<Product>;
};

/** The products table, and the offers in the inventory table. */
export function productStore(dynamo: Dynamo, tables: Tables): ProductStore {
  const findProduct = async (productId: string): Promise<Product | undefined> => {
    const { items } = await dynamo.query<ProductRow>({
      table: tables.products,
      where: 'product_id = :id',
      values: { ':id': productId },
      limit: 1,
    });
    return items[0] && toProduct(items[0]);
  };
  const notFound = (productId: string) => new ProductNotFound(`There is no product ${productId}.`);
  const store = changeStore<CatalogueEntry>(dynamo.transact, tables, {
    name: 'product',
    notFound,
    read: async (productId) => {
      const [product, stock] = await Promise.all([
        findProduct(productId),
        readStock(dynamo, tables.inventory, productId),
      ]);
      return product && stock && { product, offer: stock.offer };
    },
    recorded: {
      definition: ProductActionRecorded,
      target: ({ product }) => ({ kind: 'product', id: product.productId }),
    },
    insert: (entry) => insertWrites(tables, entry),
    update: (before, after) => updateWrites(tables, before, after),
  });
  return {
    ...store,
    readProduct: async (productId) => {
      const product = await findProduct(productId);
      if (product === undefined) throw notFound(productId);
      return product;
    },
  };
}

const insertWrites = (tables: Tables, { product, offer }: CatalogueEntry): StateWrites => ({
  writes: [
    put(tables.products, toRow(product), { condition: 'attribute_not_exists(product_id)' }),
    put(tables.inventory, toOfferRow(offer), { condition: 'attribute_not_exists(product_id)' }),
  ],
  requirements: [categoryExists(tables, product.category)],
});

const updateWrites = (tables: Tables, before: CatalogueEntry, after: CatalogueEntry): StateWrites => ({
  writes: [
    ...replaceProduct(tables.products, before.product, after.product),
    ...(before.offer.version === after.offer.version
      ? []
      : [replaceOffer(tables.inventory, before.offer, after.offer)]),
  ],
  requirements:
    before.product.category === after.product.category
      ? []
      : [categoryExists(tables, after.product.category)],
});

/** The category is part of the key: a product changes its category by one Delete and one Put in one transaction. */
function replaceProduct(table: string, before: Product, after: Product): Write[] {
  const unchanged = {
    condition: 'attribute_exists(product_id) AND version = :version',
    values: { ':version': before.version },
  };
  if (before.category === after.category) return [put(table, toRow(after), unchanged)];
  return [
    remove(table, { product_id: before.productId, category: before.category }, unchanged),
    put(table, toRow(after), { condition: 'attribute_not_exists(product_id)' }),
  ];
}

const replaceOffer = (table: string, before: Offer, after: Offer): Write =>
  put(table, toOfferRow(after), {
    condition: 'event_count = :count AND reorder_level = :level AND low_announced = :low',
    values: { ':count': before.eventCount, ':level': before.reorderLevel, ':low': before.lowAnnounced },
  });

const categoryExists = (tables: Tables, category: string): Requirement => ({
  write: check(tables.categories, { category_id: category }, { condition: 'attribute_exists(category_id)' }),
  refusal: () =>
    new UnknownCategory(`There is no category ${category}.`, {
      subjects: [{ kind: 'category', message: 'is not a category' }],
    }),
});
