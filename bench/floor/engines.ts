import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { startDynamo } from '../../platform/engines/dynamodb.ts';
import { startPostgres } from '../../platform/engines/postgres.ts';
import { connectWire, type Wire } from './wire.ts';

/** The three engines with the tables, topics and queues of an order. */
export type FloorEngines = {
  wire: Wire;
  database: pg.Pool;
  topics: { orders: string; payments: string };
  queues: Record<'order' | 'payment' | 'stock' | 'notification' | 'report', string>;
  /** Processes of the engines, for CPU and memory. */
  pids: { postgres: number; dynamo: number; messaging: number };
  stop(): Promise<void>;
};

/** Starts the platform's engines with its durability, and creates the tables of one order. */
export async function startFloorEngines(folder: string): Promise<FloorEngines> {
  const [postgres, dynamo, messaging] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), password: 'floor' }),
    startDynamo({ dataDir: join(folder, 'dynamodb') }),
    startMessagingProcess(join(folder, 'messaging')),
  ]);
  const wire = connectWire(dynamo.url, messaging.url);
  const database = new pg.Pool({
    host: postgres.host,
    port: postgres.port,
    user: postgres.user,
    password: 'floor',
    database: 'postgres',
    max: 16,
  });
  await database.query(`
    CREATE TABLE orders (id uuid PRIMARY KEY, user_id uuid, status text, total bigint, version int, created_at timestamptz DEFAULT now());
    CREATE TABLE order_items (order_id uuid, line int, product_id uuid, name text, quantity int, price bigint, PRIMARY KEY (order_id, line));
    CREATE TABLE payments (id uuid PRIMARY KEY, order_id uuid UNIQUE, amount bigint, status text);
    CREATE TABLE ledger (payment_id uuid, account text, amount bigint);
    CREATE TABLE outbox (id uuid PRIMARY KEY, aggregate_id text, message text, sent_at timestamptz);`);
  for (const table of ['inventory', 'reservations', 'notifications', 'metrics'])
    await wire.dynamo('CreateTable', {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  const topics = { orders: await topic(wire, 'orders.fifo'), payments: await topic(wire, 'payments.fifo') };
  const queues = {
    order: await queue(wire, 'order.fifo', topics.orders, ['created']),
    payment: await queue(wire, 'payment.fifo', topics.payments, ['processed']),
    stock: await queue(wire, 'stock.fifo', topics.orders, ['paid']),
    notification: await queue(wire, 'notification', topics.orders, ['paid']),
    report: await queue(wire, 'report', topics.orders, ['created', 'paid']),
  };
  return {
    wire,
    database,
    topics,
    queues,
    pids: { postgres: postgres.pid, dynamo: dynamo.pid, messaging: messaging.pid },
    stop: async () => {
      await Promise.all([wire.close(), database.end()]);
      messaging.stop();
      await Promise.all([postgres.stop(), dynamo.stop()]);
    },
  };
}

async function startMessagingProcess(dataDir: string) {
  const child = fork(new URL('./messaging-process.ts', import.meta.url), [dataDir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.disconnect() };
}

const xml = (text: string, tag: string): string => new RegExp(`<${tag}>([^<]*)<`).exec(text)?.[1] ?? '';

const topic = async (wire: Wire, name: string): Promise<string> =>
  xml(
    await wire.sns('CreateTopic', {
      Name: name,
      'Attributes.entry.1.key': 'FifoTopic',
      'Attributes.entry.1.value': 'true',
    }),
    'TopicArn',
  );

async function queue(wire: Wire, name: string, topicArn: string, types: string[]): Promise<string> {
  const { QueueUrl } = await wire.sqs('CreateQueue', {
    QueueName: name,
    Attributes: name.endsWith('.fifo') ? { FifoQueue: 'true' } : {},
  });
  const { Attributes } = (await wire.sqs('GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['QueueArn'],
  })) as {
    Attributes: { QueueArn: string };
  };
  await wire.sns('Subscribe', {
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint: Attributes.QueueArn,
    'Attributes.entry.1.key': 'RawMessageDelivery',
    'Attributes.entry.1.value': 'true',
    'Attributes.entry.2.key': 'FilterPolicy',
    'Attributes.entry.2.value': JSON.stringify({ type: types }),
  });
  return String(QueueUrl);
}
