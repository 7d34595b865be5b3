import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { ControlClient } from '../../platform/control/control-client.ts';
import { connect } from './database-backup.ts';
import type { Line } from './ledger.ts';
import type { Addresses } from './shop.ts';

/** An event of an outbox, at one of its destinations. */
export type Announced = {
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
  status: string;
  reason: string | null;
  totalCents: number;
  lines: Line[];
};
/** A line that is held for an order, until a time in ms. */
export type Hold = Line & { orderId: string; expiresAt: number };

/** Everything that a shop and the world outside know of its orders. */
export type State = {
  orders: OrderState[];
  users: string[];
  /** By service. */
  outboxes: Record<'users' | 'orders' | 'payments', Announced[]>;
  /** `subscriber#event id`, of all subscribers that keep a record. */
  handled: ReadonlySet<string>;
  products: ReadonlySet<string>;
  stock: { productId: string; available: number; reserved: number }[];
  holds: Hold[];
  /** The payment provider's own books, by order. */
  provider: Record<string, { charges: number; chargedCents: number; refundedCents: number }>;
  mails: { subject: string; to: string[]; at: number }[];
  queues: { name: string; waiting: number; dead: boolean }[];
};

/** Reads it all. What runs meanwhile is seen half: ask again until it stands still. */
export async function readState(shop: Addresses): Promise<State> {
  const [orders, users, payments, tables, books, mails, queues] = await Promise.all([
    readOrders(shop),
    readUsers(shop),
    readOutbox(shop, 'payments'),
    readTables(shop),
    json<{ orders: State['provider'] }>(`${shop.paymentsUrl}/_sandbox/ledger`),
    new ControlClient(shop.consoleUrl).send('GET /mails'),
    readQueues(shop),
  ]);
  return {
    orders: orders.rows,
    users: users.rows,
    outboxes: { users: users.outbox, orders: orders.outbox, payments: payments.outbox },
    handled: new Set([...orders.handled, ...payments.handled, ...tables.handled]),
    products: tables.products,
    stock: tables.stock,
    holds: tables.holds,
    provider: books.orders,
    mails: mails.map(({ subject = '', to, receivedAt }) => ({ subject, to, at: Date.parse(receivedAt) })),
    queues,
  };
}

/** The shop's queues; `waiting` counts what is in somebody's hands too. */
export async function readQueues({ consoleUrl }: Addresses): Promise<State['queues']> {
  const views = await new ControlClient(consoleUrl).send('GET /queues');
  return views.map(({ name, ready, inFlight, delayed, redrivesTo }) => ({
    name,
    waiting: ready + inFlight + delayed,
    dead: redrivesTo.length > 0,
  }));
}

const json = async <T>(url: string): Promise<T> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
};

/** The ids of the orders that a PostgreSQL server has. */
export async function orderIds(login: Addresses['database']): Promise<Set<string>> {
  const client = await connect(login, 'orders');
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM orders');
    return new Set(rows.map(({ id }) => id));
  } finally {
    await client.end();
  }
}

async function readOrders({ database }: Addresses) {
  const client = await connect(database, 'orders');
  try {
    const { rows } = await client.query<OrderState>(
      `SELECT o.id, o.number, o.status, o.cancellation_reason AS reason, o.total_cents::int AS "totalCents",
              json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity)) AS lines
         FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id`,
    );
    return { rows, ...(await outboxOf(client)) };
  } finally {
    await client.end();
  }
}

async function readUsers({ database }: Addresses) {
  const client = await connect(database, 'users');
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM users');
    return { rows: rows.map(({ id }) => id), ...(await outboxOf(client)) };
  } finally {
    await client.end();
  }
}

async function readOutbox({ database }: Addresses, name: string) {
  const client = await connect(database, name);
  try {
    return await outboxOf(client);
  } finally {
    await client.end();
  }
}

async function outboxOf(client: Awaited<ReturnType<typeof connect>>) {
  const { rows: outbox } = await client.query<Announced>(
    `SELECT id, destination, aggregate_id AS "aggregateId", sequence::int, type, sent_at IS NOT NULL AS sent FROM outbox`,
  );
  const { rows } = await client.query<{ subscriber: string; event_id: string }>(
    'SELECT subscriber, event_id FROM handled_events',
  );
  return { outbox, handled: rows.map(({ subscriber, event_id }) => `${subscriber}#${event_id}`) };
}

async function readTables({ awsUrl, region, credentials, project, stage }: Addresses) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: awsUrl, region, credentials }));
  const all = async <Row>(table: string): Promise<Row[]> => {
    const rows: Row[] = [];
    const pages = paginateScan({ client }, { TableName: `${project}-${stage}-${table}` });
    for await (const { Items = [] } of pages) rows.push(...(Items as Row[]));
    return rows;
  };
  try {
    const [inventory, reservations, marks, products] = await Promise.all([
      all<{ product_id: string; available?: number; reserved?: number }>('inventory'),
      all<{
        order_id: string;
        product_id: string;
        state?: string;
        quantity: number;
        reserved_until?: number;
      }>('reservations'),
      all<{ id: string }>('idempotency'),
      all<{ product_id: string }>('products'),
    ]);
    return {
      stock: inventory.flatMap(({ product_id: productId, available, reserved = 0 }) =>
        available === undefined ? [] : [{ productId, available, reserved }],
      ),
      holds: reservations.flatMap(({ order_id, product_id, state, quantity, reserved_until = Number.NaN }) =>
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
