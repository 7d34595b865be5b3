import type { Clock } from '#shared/clock.ts';
import { type Dynamo, dynamo } from '#shared/dynamo/dynamo.ts';
import { batchTransactions } from '#shared/dynamo/transaction-batcher.ts';
import type { Item } from '#shared/dynamo/write.ts';
import { newId } from '#shared/ids.ts';
import { eur, type Money } from '#shared/money.ts';
import { tables as freshTables } from '#shared/testing/engines.ts';
import { categoryStore } from '../src/adapters/category-store.ts';
import { inventoryStore } from '../src/adapters/inventory-store.ts';
import { lowStock } from '../src/adapters/low-stock.ts';
import { productStore } from '../src/adapters/product-store.ts';
import { recentStock } from '../src/adapters/recent-stock.ts';
import { type LedgerParts, reserveStock } from '../src/adapters/stock-ledger.ts';
import type { Tables } from '../src/adapters/tables.ts';
import { addProduct } from '../src/domain/product.ts';

/** What caused everything in a test. */
export const testCause = { correlationId: 'test' };

/** Fresh tables of this service under the names that its adapters use. */
export async function catalogueTables(): Promise<Tables> {
  const made = await freshTables(
    'products',
    'categories',
    'inventory',
    'reservations',
    'products-outbox',
    'idempotency',
  );
  return { ...made, outbox: made['products-outbox'] };
}

/** A catalogue on fresh tables. Its time stands still until it is told to `pass`. */
export async function aCatalogue() {
  const tables = await catalogueTables();
  let now = new Date('2027-03-01T12:00:00Z');
  const clock: Clock = () => now;
  const db: Dynamo = dynamo();
  const products = productStore(db, tables);
  const inventory = inventoryStore(db, tables);
  const categories = categoryStore(db, tables.categories);
  /** A function of its own: what it remembers is not shared. */
  const aLedger = (): LedgerParts => ({
    dynamo: db,
    tables,
    commit: batchTransactions(db),
    recent: recentStock(),
    lowStock: lowStock(db, tables, clock),
    clock,
  });
  const ledger = aLedger();
  return {
    tables,
    db,
    clock,
    products,
    inventory,
    categories,
    ledger,
    aLedger,
    now: clock,
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    in: (ms: number) => new Date(now.getTime() + ms).toISOString(),
    /** Puts a product on sale, by warehouse; answers its id. */
    async aProduct(
      stock: Record<string, number>,
      { price = eur(10), reorderLevel = 0, name = 'Lamp' }: ProductWish = {},
    ) {
      const productId = newId();
      await categories.add({ categoryId: 'lamps', name: 'Lamps' }, []).catch(() => {});
      const draft = { name, description: '', category: 'lamps', price };
      await products.add(addProduct(productId, draft, now), testCause, []);
      const warehouses = Object.entries(stock).map(([warehouseId, onHand]) => ({ warehouseId, onHand }));
      if (warehouses.length > 0) await inventory.count(productId, { warehouses, reorderLevel }, () => []);
      return productId;
    },
    /** An order's reservation for half an hour; a refusal is thrown as an error with its properties. */
    async hold(lines: Record<string, number>, { orderId = newId(), parts = ledger, forMs = 1_800_000 } = {}) {
      const result = await reserveStock(parts, {
        orderId,
        lines: Object.entries(lines).map(([productId, quantity]) => ({ productId, quantity })),
        reservedUntil: new Date(now.getTime() + forMs).toISOString(),
        correlationId: 'test',
      });
      if (!result.ok) throw Object.assign(new Error(result.refusal.code), result.refusal);
      return result.response;
    },
    /** What is on the shelves: `berlin 3+2` has three pieces to sell and two reserved. */
    async shelves(productId: string): Promise<string[]> {
      const { warehouses } = await inventory.read(productId);
      return warehouses.map(
        ({ warehouseId, available, reserved }) => `${warehouseId} ${available}+${reserved}`,
      );
    },
    /** The types of the events of an aggregate, in order. */
    async announced(aggregateId: string): Promise<string[]> {
      const { items } = await db.query<Item & { type: string }>({
        table: tables.outbox,
        where: 'aggregate_id = :id',
        values: { ':id': aggregateId },
      });
      return items.map(({ type }) => type);
    },
  };
}
type ProductWish = { price?: Money; reorderLevel?: number; name?: string };
export type Catalogue = Awaited<ReturnType<typeof aCatalogue>>;
