import type { Clock } from '#shared/clock.ts';
import { type Dynamo, dynamo } from '#shared/dynamo/dynamo.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { newId } from '#shared/ids.ts';
import { eur, type Money } from '#shared/money.ts';
import { tables as freshTables } from '#shared/testing/engines.ts';
import { categoryStore } from '../src/adapters/category-store.ts';
import { productStore } from '../src/adapters/product-store.ts';
import { reservationStore } from '../src/adapters/reservation-store.ts';
import { stockCache } from '../src/adapters/stock-cache.ts';
import { type StockStore, stockStore } from '../src/adapters/stock-store.ts';
import type { Tables } from '../src/adapters/tables.ts';
import { createCategory } from '../src/domain/category.ts';
import { createProduct } from '../src/domain/product.ts';
import { decideStock } from '../src/domain/stock-decider.ts';
import { lowStockAnnouncer } from '../src/workflows/announce-low-stock.ts';
import type { ReservationDeps } from '../src/workflows/reservation-deps.ts';
import { reserveStock } from '../src/workflows/reserve-stock.ts';

/** The options of every change in a test. */
export const testOptions = { cause: { correlationId: 'test' } };

/** Fresh tables of this service under the names that its adapters use. */
export async function catalogueTables(): Promise<Tables> {
  const fresh = await freshTables(
    'products',
    'categories',
    'inventory',
    'reservations',
    'products-outbox',
    'products-idempotency',
  );
  return { ...fresh, outbox: fresh['products-outbox'], idempotency: fresh['products-idempotency'] };
}

/** A catalogue on fresh tables. Its clock stands still until `pass` is called. */
export async function aCatalogue() {
  const tables = await catalogueTables();
  let now = new Date('2027-03-01T12:00:00Z');
  const clock: Clock = () => now;
  const db: Dynamo = dynamo();
  const products = productStore(db, tables);
  const stock = stockStore(db, tables);
  const categories = categoryStore(db, tables);
  /** The dependencies of one process: each has its own cache. */
  const newDeps = (): ReservationDeps => ({
    reservations: reservationStore(db, batchTransactions(db), tables),
    stockCache: stockCache(),
    lowStock: lowStockAnnouncer(stock, clock),
    clock,
  });
  const deps = newDeps();
  const count = (productId: string, onHand: Record<string, number>, reorderLevel?: number) => {
    const warehouses = Object.entries(onHand).map(([warehouseId, pieces]) => ({
      warehouseId,
      onHand: pieces,
    }));
    const command = { kind: 'count', warehouses, reorderLevel } as const;
    return stock.change(productId, (current) => decideStock(current, command), testOptions);
  };
  return {
    tables,
    db,
    products,
    stock,
    deps,
    newDeps,
    now: clock,
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    /** Counts a product's pieces on hand by warehouse. */
    count,
    /** Puts a product on sale, with pieces by warehouse; returns its id. */
    async aProduct(
      onHand: Record<string, number>,
      { price = eur(10), reorderLevel = 0, name = 'Lamp' }: ProductOptions = {},
    ) {
      const productId = newId();
      const category = createCategory({ categoryId: 'lamps', name: 'Lamps' });
      await categories.create(category, testOptions).catch((error: { code?: string }) => {
        if (error.code !== 'CATEGORY_EXISTS') throw error;
      });
      const draft = { name, description: '', category: 'lamps', price };
      await products.create(createProduct(productId, draft, { eventId: newId(), now }), testOptions);
      if (Object.keys(onHand).length > 0) await count(productId, onHand, reorderLevel);
      return productId;
    },
    /** Reserves an order's lines for half an hour. @throws the refusal as an error with its properties */
    async reserve(lines: Record<string, number>, { orderId = newId(), from = deps, forMs = 1_800_000 } = {}) {
      const result = await reserveStock(from, {
        orderId,
        lines: Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity })),
        reservedUntil: new Date(now.getTime() + forMs).toISOString(),
        correlationId: 'test',
      });
      if (result.ok) return result.response;
      throw Object.assign(new Error(result.refusal.code), result.refusal);
    },
    ...stateReaders(db, tables, stock),
  };
}

/** Reads what a test checks. */
const stateReaders = (db: Dynamo, tables: Tables, stock: StockStore) => ({
  /** The stock items of a product: `berlin 3+2` has three available and two reserved pieces. */
  async stockOf(productId: string): Promise<string[]> {
    const { warehouses } = await stock.read(productId);
    return warehouses.map(
      ({ warehouseId, available, reserved }) => `${warehouseId} ${available}+${reserved}`,
    );
  },
  /** The types of the events of an aggregate, in order. */
  async eventTypes(aggregateId: string): Promise<string[]> {
    const { items } = await db.query<Item & { type: string }>({
      table: tables.outbox,
      where: 'aggregate_id = :id',
      values: { ':id': aggregateId },
    });
    return items.map(({ type }) => type);
  },
});

type ProductOptions = { price?: Money; reorderLevel?: number; name?: string };
