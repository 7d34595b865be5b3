import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type pg from 'pg';
import type { RunningShop } from '../../bench/shop-process.ts';
import { withSecret } from '../../platform/local-access/local-access.ts';
import { withClient } from './postgres.ts';

/** A line of an order. */
export type Line = { productId: string; quantity: number };

/** What is needed to read a shop's stores. */
export type ShopAccess = Pick<
  RunningShop,
  'aws' | 'controlSecret' | 'database' | 'paymentsUrl' | 'project' | 'stage'
>;

/** An event of an outbox for one destination. */
export type OutboxEntry = {
  id: string;
  destination: string;
  aggregateId: string;
  sequence: number;
  type: string;
  sent: boolean;
};
export type OrderState = {
  id: string;
  number: string;
  userId: string;
  status: string;
  reason: string | null;
  totalCents: number;
  lines: Line[];
};
/** A line that is reserved for an order until a time in ms. */
export type Reservation = Line & { orderId: string; expiresAt: number };

/** The content of the shop's stores, and of the payment provider's ledger. */
export type ShopState = {
  orders: OrderState[];
  users: string[];
  /** By service. */
  outboxes: Record<'users' | 'orders' | 'payments', OutboxEntry[]>;
  /** `subscriber#event id` of every event that a consumer recorded as handled. */
  handled: ReadonlySet<string>;
  products: ReadonlySet<string>;
  stock: { productId: string; available: number; reserved: number }[];
  reservations: Reservation[];
  /** By order. */
  provider: Record<string, { charges: number; chargedCents: number; refundedCents: number }>;
  /** Messages in each queue, including those being processed. */
  queues: { name: string; messages: number }[];
  /** Unsent events in DynamoDB outboxes. */
  unsent: number;
};

/** Reads everything. The stores are not read at one moment: read again until nothing changes. */
export async function readState(shop: ShopAccess): Promise<ShopState> {
  const [orders, users, payments, tables, provider, queues] = await Promise.all([
    withClient(shop.database, 'orders', async (client) => ({
      rows: await readOrders(client),
      ...(await readEvents(client)),
    })),
    withClient(shop.database, 'users', async (client) => ({
      rows: await readIds(client, 'users'),
      ...(await readEvents(client)),
    })),
    withClient(shop.database, 'payments', readEvents),
    readTables(shop),
    readProvider(shop),
    readQueues(shop),
  ]);
  return {
    ...tables,
    orders: orders.rows,
    users: users.rows,
    outboxes: { users: users.outbox, orders: orders.outbox, payments: payments.outbox },
    handled: new Set([...orders.handled, ...payments.handled, ...tables.handled]),
    provider,
    queues,
  };
}

/** Ids of the orders in a PostgreSQL server. */
export const orderIds = (login: RunningShop['database']): Promise<Set<string>> =>
  withClient(login, 'orders', async (client) => new Set(await readIds(client, 'orders')));

async function readIds(client: pg.Client, table: 'users' | 'orders'): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${table}`);
  return rows.map(({ id }) => id);
}

async function readOrders(client: pg.Client): Promise<OrderState[]> {
  const { rows } = await client.query<OrderState>(
    `SELECT o.id, o.number, o.user_id AS "userId", o.status, o.cancellation_reason AS reason,
            o.total_cents::int AS "totalCents",
            json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity)) AS lines
       FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id`,
  );
  return rows;
}

async function readEvents(client: pg.Client): Promise<{ outbox: OutboxEntry[]; handled: string[] }> {
  const { rows: outbox } = await client.query<OutboxEntry>(
    `SELECT id, destination, aggregate_id AS "aggregateId", sequence::int, type, sent_at IS NOT NULL AS sent FROM outbox`,
  );
  const { rows } = await client.query<{ mark: string }>(
    `SELECT subscriber || '#' || event_id AS mark FROM handled_events`,
  );
  return { outbox, handled: rows.map(({ mark }) => mark) };
}

async function readProvider({ paymentsUrl, controlSecret }: ShopAccess): Promise<ShopState['provider']> {
  const response = await fetch(`${paymentsUrl}/_sandbox/ledger`, { headers: withSecret(controlSecret) });
  if (!response.ok) throw new Error(`The payment sandbox returned ${response.status}.`);
  return ((await response.json()) as { orders: ShopState['provider'] }).orders;
}

/** The number of messages in each queue: visible, in flight and delayed. */
export async function readQueues({ aws }: Pick<ShopAccess, 'aws'>): Promise<ShopState['queues']> {
  const client = new SQSClient(aws);
  const counted = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const queues: ShopState['queues'] = [];
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, {}))
    for (const QueueUrl of QueueUrls) {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counted] });
      const { Attributes = {} } = await client.send(command);
      const messages = counted.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
      queues.push({ name: QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1), messages });
    }
  client.destroy();
  return queues;
}

async function readTables({ aws, project, stage }: ShopAccess) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
  const all = async <Row>(table: string): Promise<Row[]> => {
    const rows: Row[] = [];
    const pages = paginateScan({ client }, { TableName: `${project}-${stage}-${table}` });
    for await (const { Items = [] } of pages) rows.push(...(Items as Row[]));
    return rows;
  };
  const unsentIn = async (table: string) => {
    const entries = await all<{ unsent_shard?: unknown }>(table);
    return entries.filter(({ unsent_shard }) => unsent_shard !== undefined).length;
  };
  try {
    const [inventory, reservations, marks, products, ...unsent] = await Promise.all([
      all<{ product_id: string; available?: number; reserved?: number }>('inventory'),
      all<{
        order_id: string;
        product_id: string;
        state?: string;
        quantity: number;
        reserved_until?: number;
      }>('reservations'),
      all<{ id: string }>('products-idempotency'),
      all<{ product_id: string }>('products'),
      unsentIn('products-outbox'),
      unsentIn('media-outbox'),
    ]);
    return {
      unsent: unsent.reduce((sum, count) => sum + count, 0),
      stock: inventory.flatMap(({ product_id: productId, available, reserved = 0 }) =>
        available === undefined ? [] : [{ productId, available, reserved }],
      ),
      reservations: reservations.flatMap(
        ({ order_id, product_id, state, quantity, reserved_until = Number.NaN }) =>
          state === 'reserved'
            ? [{ orderId: order_id, productId: product_id, quantity, expiresAt: reserved_until }]
            : [],
      ),
      handled: marks.flatMap(({ id }) => (id.startsWith('handled#') ? [id.slice('handled#'.length)] : [])),
      products: new Set(products.map(({ product_id }) => product_id)),
    };
  } finally {
    client.destroy();
  }
}
