import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import pg from 'pg';
import type { Order, Stock } from '../../client/shop-actions.ts';
import { ShopClient } from '../../client/shop-client.ts';
import type { Account } from '../emulator/account.ts';
import { type Fixtures, superuserPassword } from '../emulator/fixtures.ts';
import type { Listed, Observed, Pieces } from './ledger.ts';
import type { Load } from './load.ts';
import { Queues } from './queues.ts';

/** Where the shop is looked at from. */
export type Viewpoint = {
  fixtures: Fixtures;
  account: Account;
  admin: { email: string; password: string };
};

/** Looks at everything that the ledger is compared with. */
export async function observe(
  { customers, products }: Load,
  { fixtures, account, admin }: Viewpoint,
): Promise<Observed> {
  const boss = await new ShopClient(fixtures.apiEntry.url).signIn(admin.email, admin.password);
  const stock: Pieces[] = [];
  for (const product of products) stock.push({ ...product, ...(await piecesOf(boss, product.productId)) });
  const orders: Listed[] = [];
  for (const { number, shop } of customers)
    for await (const order of ordersOf(shop)) orders.push({ ...order, customer: number });
  return {
    orders,
    stock,
    books: fixtures.payments.ledger().orders,
    waiting: {
      ...(await new Queues(account).all()),
      ...(await postgresOutboxes(fixtures.postgres.port)),
      ...(await dynamoOutboxes(account)),
    },
  };
}

async function piecesOf(boss: ShopClient, productId: string): Promise<Omit<Pieces, 'productId' | 'before'>> {
  const { available, warehouses } = await boss.call<Stock>('GET', `/api/v1/inventory/${productId}`);
  const sum = (what: 'onHand' | 'reserved') => warehouses.reduce((total, each) => total + each[what], 0);
  return { available, onHand: sum('onHand'), reserved: sum('reserved') };
}

async function* ordersOf(shop: ShopClient): AsyncGenerator<Order> {
  let cursor: string | undefined;
  do {
    const path = `/api/v1/orders?limit=100${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = await shop.call<{ items: Order[]; nextCursor?: string }>('GET', path);
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Events that each database has written and not announced. */
async function postgresOutboxes(port: number): Promise<Record<string, number>> {
  const login = { host: '127.0.0.1', port, user: 'postgres', password: superuserPassword };
  const counts: Record<string, number> = {};
  const ask = async (database: string, sql: string): Promise<Record<string, string>[]> => {
    const client = new pg.Client({ ...login, database });
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const databases = await ask(
    'postgres',
    'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate',
  );
  for (const { datname = '' } of databases) {
    const [table] = await ask(datname, `SELECT to_regclass('outbox')::text AS name`);
    if (!table?.['name']) continue;
    const [row] = await ask(datname, 'SELECT count(*) AS unsent FROM outbox WHERE sent_at IS NULL');
    counts[`the outbox of ${datname}`] = Number(row?.['unsent']);
  }
  return counts;
}

/** The same of the tables; an entry is in the sparse index of unsent ones by its attribute. */
async function dynamoOutboxes({ settings }: Account): Promise<Record<string, number>> {
  const client = new DynamoDBClient(settings);
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const counts: Record<string, number> = {};
  for (const TableName of TableNames.filter((name) => name.endsWith('-outbox'))) {
    counts[TableName] = 0;
    const unsent = {
      TableName,
      FilterExpression: 'attribute_exists(unsent_shard)',
      Select: 'COUNT' as const,
    };
    for await (const { Count = 0 } of paginateScan({ client }, unsent)) counts[TableName] += Count;
  }
  return counts;
}
