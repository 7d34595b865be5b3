import { ConditionsFailed, conditionFailed } from '#shared/dynamo/conditions.ts';
import type { Dynamo } from '#shared/dynamo/dynamo.ts';
import { outboxWrites } from '#shared/dynamo/outbox.ts';
import { check, put, remove, type Write } from '#shared/dynamo/write.ts';
import { PreconditionFailed, Unavailable } from '#shared/errors.ts';
import type { Cause } from '#shared/events/event.ts';
import { ProductNotFound, UnknownCategory } from '../domain/errors.ts';
import type { Product, ProductDecision } from '../domain/product.ts';
import type { Offer } from '../domain/stock.ts';
import { type ProductRow, toProduct, toRow } from './product-items.ts';
import { readStock, toOfferRow } from './stock-items.ts';
import type { Tables } from './tables.ts';

/** From so many pieces on, a product is to be reordered, unless staff says otherwise. */
const defaultReorderLevel = 5;
/** Other writers may come first; so often the decision is made anew. */
const maxRaces = 5;

/** What a product is to become: the decision, given the number of its next event; undefined changes nothing. */
export type Decide = (current: Product, nextSequence: number) => ProductDecision | undefined;

/** The catalogue's only write path: a product, how it is sold, and its events in one transaction. */
export type ProductStore = {
  /** @throws ProductNotFound */
  read(productId: string): Promise<Product>;
  /** `also` are writes of the same transaction. @throws UnknownCategory */
  add(decision: ProductDecision, cause: Cause, also: Write[]): Promise<void>;
  /**
   * Changes a product that is at `expectedVersion`; `also` are writes of the same transaction, made from the result.
   * @throws ProductNotFound, PreconditionFailed, UnknownCategory
   */
  change(
    productId: string,
    expectedVersion: number,
    decide: Decide,
    cause: Cause,
    also: (product: Product) => Write[],
  ): Promise<Product>;
  /** Changes what hangs on a product's id alone, whatever its version and category; `also` as above. */
  attach(productId: string, decide: (current: Product) => Product | undefined, also: Write[]): Promise<void>;
};

/** The products table with its offers and outbox. */
export function productStore(dynamo: Dynamo, tables: Tables): ProductStore {
  const find = async (productId: string): Promise<Product | undefined> => {
    const { items } = await dynamo.query<ProductRow>({
      table: tables.products,
      where: 'product_id = :id',
      values: { ':id': productId },
      limit: 1,
    });
    return items[0] && toProduct(items[0]);
  };
  const read = async (productId: string): Promise<Product> => {
    const product = await find(productId);
    if (product === undefined) throw new ProductNotFound(`There is no product ${productId}.`);
    return product;
  };
  return {
    read,
    add: async ({ product, events }, cause, also) => {
      const shelf = categoryExists(tables, product.category);
      try {
        await dynamo.transact([
          put(tables.products, toRow(product), { condition: 'attribute_not_exists(product_id)' }),
          put(tables.inventory, toOfferRow(offerOf(product, 1, events.length)), {
            condition: 'attribute_not_exists(product_id)',
          }),
          shelf,
          ...outboxWrites(tables.outbox, events, cause),
          ...also,
        ]);
      } catch (error) {
        throw conditionFailed(error, shelf) ? unknownCategory(product.category) : error;
      }
    },
    change: async (productId, expectedVersion, decide, cause, also) => {
      for (let race = 0; race < maxRaces; race++) {
        const [current, { offer }] = await Promise.all([
          read(productId),
          readStock(dynamo, tables.inventory, productId),
        ]);
        if (current.version !== expectedVersion)
          throw new PreconditionFailed(`The product is at version ${current.version} by now.`, {
            subjects: [{ kind: 'version', message: 'is not the current version' }],
          });
        const decision = decide(current, (offer?.events ?? 0) + 1);
        if (decision === undefined || offer === undefined) return current;
        const { product, events } = decision;
        const shelf =
          product.category === current.category ? undefined : categoryExists(tables, product.category);
        const companions = also(product);
        try {
          await dynamo.transact([
            ...replaceProduct(tables.products, current, product),
            put(
              tables.inventory,
              toOfferRow({
                ...offer,
                ...soldAs(product),
                version: offer.version + 1,
                events: offer.events + events.length,
              }),
              {
                condition: '#events = :events AND reorder_level = :level AND low_announced = :low',
                names: { '#events': 'events' },
                values: { ':events': offer.events, ':level': offer.reorderLevel, ':low': offer.lowAnnounced },
              },
            ),
            ...(shelf === undefined ? [] : [shelf]),
            ...outboxWrites(tables.outbox, events, cause),
            ...companions,
          ]);
          return product;
        } catch (error) {
          if (conditionFailed(error, shelf)) throw unknownCategory(product.category);
          if (!(error instanceof ConditionsFailed) || conditionFailed(error, ...companions)) throw error;
        }
      }
      throw new Unavailable('This product is changing too fast. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    },
    attach: async (productId, decide, also) => {
      for (let race = 0; race < maxRaces; race++) {
        const current = await find(productId);
        const product = current && decide(current);
        const changes =
          current === undefined || product === undefined
            ? []
            : replaceProduct(tables.products, current, product);
        try {
          await dynamo.transact([...changes, ...also]);
          return;
        } catch (error) {
          if (!(error instanceof ConditionsFailed) || conditionFailed(error, ...also)) throw error;
        }
      }
      throw new Unavailable('This product is changing too fast. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    },
  };
}

/** The category is part of the key: a product moves by one Delete and one Put, both or neither. */
function replaceProduct(table: string, current: Product, product: Product): Write[] {
  const unchanged = {
    condition: 'attribute_exists(product_id) AND version = :version',
    values: { ':version': current.version },
  };
  if (current.category === product.category) return [put(table, toRow(product), unchanged)];
  return [
    remove(table, { product_id: current.productId, category: current.category }, unchanged),
    put(table, toRow(product), { condition: 'attribute_not_exists(product_id)' }),
  ];
}

const soldAs = ({ productId, name, price, status }: Product) => ({
  productId,
  name,
  priceCents: price.amountCents,
  currency: price.currency,
  status,
});

const offerOf = (product: Product, version: number, events: number): Offer => ({
  ...soldAs(product),
  version,
  events,
  reorderLevel: defaultReorderLevel,
  // Without stock there is nothing yet that could run low.
  lowAnnounced: true,
});

const categoryExists = (tables: Tables, categoryId: string): Write =>
  check(tables.categories, { category_id: categoryId }, { condition: 'attribute_exists(category_id)' });

const unknownCategory = (category: string) =>
  new UnknownCategory(`There is no category ${category}.`, {
    subjects: [{ kind: 'category', message: 'is not a category' }],
  });
