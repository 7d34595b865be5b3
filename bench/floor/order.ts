import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { coalesce } from '../../shared/coalesce.ts';
import type { FloorEngines } from './engines.ts';

/** Enough products that a hot item is not what is measured. */
const products = Array.from({ length: 50 }, () => randomUUID());

/** Creates the stock. */
export async function stockUp({ wire }: FloorEngines): Promise<void> {
  for (const product of products)
    await wire.dynamo('PutItem', {
      TableName: 'inventory',
      Item: { pk: { S: product }, sk: { S: 'main' }, available: { N: '100000000' }, reserved: { N: '0' } },
    });
}

/** The engine calls of one complete order. */
export type Floor = {
  /** Resolves when the order is paid. */
  place(): Promise<{ placedMs: number; paidMs: number }>;
  /** Resolves when stock, mails and reports of every order are written too. */
  settled(): Promise<void>;
  stop(): void;
};

type Message = { Body: string; ReceiptHandle: string };
type Fact = { id: string; order: string; type: string };

/** Starts the queues' consumers. */
export function startFloor(engines: FloorEngines): Floor {
  const { wire, database, topics, queues } = engines;
  const paid = new Map<string, () => void>();
  let placed = 0;
  const done = { committed: 0, mailed: 0, reported: 0 };
  let running = true;

  const publish = (topicArn: string) =>
    coalesce<Fact, void>(10, 2, async (entries) => {
      const input: Record<string, string> = { TopicArn: topicArn };
      entries.forEach(({ id, order, type }, index) => {
        const entry = `PublishBatchRequestEntries.member.${index + 1}`;
        input[`${entry}.Id`] = String(index);
        input[`${entry}.Message`] = JSON.stringify({ id, order, type, padding: 'x'.repeat(600) });
        input[`${entry}.MessageGroupId`] = order;
        input[`${entry}.MessageDeduplicationId`] = id;
        input[`${entry}.MessageAttributes.entry.1.Name`] = 'type';
        input[`${entry}.MessageAttributes.entry.1.Value.DataType`] = 'String';
        input[`${entry}.MessageAttributes.entry.1.Value.StringValue`] = type;
      });
      await wire.sns('PublishBatch', input);
      return entries.map(() => undefined);
    });
  const publishOrder = publish(topics.orders);
  const publishPayment = publish(topics.payments);

  const transaction = async (work: (client: pg.PoolClient) => Promise<void>) => {
    const client = await database.connect();
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  };
  const outbox = (client: pg.PoolClient, id: string, order: string) =>
    client.query('INSERT INTO outbox (id, aggregate_id, message) VALUES ($1, $2, $3)', [
      id,
      order,
      'x'.repeat(600),
    ]);
  const sent = coalesce<string, void>(50, 1, async (ids) => {
    await database.query('UPDATE outbox SET sent_at = now() WHERE id = ANY($1)', [ids]);
    return ids.map(() => undefined);
  });

  const consume = async (queueUrl: string, react: (facts: Fact[]) => Promise<unknown>) => {
    while (running) {
      const { Messages = [] } = (await wire.sqs('ReceiveMessage', {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      })) as { Messages?: Message[] };
      if (Messages.length === 0) continue;
      await react(Messages.map(({ Body }) => JSON.parse(Body) as Fact));
      await wire.sqs('DeleteMessageBatch', {
        QueueUrl: queueUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
  };

  const pay = async (order: string) => {
    const payment = randomUUID();
    const id = randomUUID();
    await transaction(async (client) => {
      await client.query('INSERT INTO payments VALUES ($1, $2, 4200, $3)', [payment, order, 'captured']);
      await client.query(`INSERT INTO ledger VALUES ($1, 'customer', -4200), ($1, 'provider', 4200)`, [
        payment,
      ]);
      await outbox(client, id, order);
    });
    await publishPayment({ id, order, type: 'processed' });
    await sent(id);
  };
  const markPaid = async (order: string) => {
    const id = randomUUID();
    await transaction(async (client) => {
      await client.query(`UPDATE orders SET status = 'paid', version = version + 1 WHERE id = $1`, [order]);
      await outbox(client, id, order);
    });
    paid.get(order)?.();
    paid.delete(order);
    await publishOrder({ id, order, type: 'paid' });
    await sent(id);
  };
  const write = (table: string, facts: Fact[]) =>
    wire.dynamo('BatchWriteItem', {
      RequestItems: {
        [table]: facts.map(({ id, order }) => ({
          PutRequest: { Item: { pk: { S: order }, sk: { S: id }, at: { N: '1' } } },
        })),
      },
    });
  const commitStock = async (order: string) => {
    await wire.dynamo('TransactWriteItems', {
      TransactItems: [
        ...linesOf(order).map((product) => ({
          Update: {
            TableName: 'inventory',
            Key: { pk: { S: product }, sk: { S: 'main' } },
            UpdateExpression: 'SET reserved = reserved - :q',
            ExpressionAttributeValues: { ':q': { N: '1' } },
          },
        })),
        { Delete: { TableName: 'reservations', Key: { pk: { S: order }, sk: { S: 'hold' } } } },
      ],
    });
    done.committed += 1;
  };
  const mail = async (facts: Fact[]) => {
    await write('notifications', facts);
    done.mailed += facts.length;
  };
  const report = async (facts: Fact[]) => {
    await write('metrics', facts);
    done.reported += facts.length;
  };
  const each = (react: (order: string) => Promise<void>) => (facts: Fact[]) =>
    Promise.all(facts.map(({ order }) => react(order)));
  const consumers = [
    ...Array.from({ length: 3 }, () => consume(queues.order, each(pay))),
    ...Array.from({ length: 3 }, () => consume(queues.payment, each(markPaid))),
    ...Array.from({ length: 2 }, () => consume(queues.stock, each(commitStock))),
    ...Array.from({ length: 2 }, () => consume(queues.notification, mail)),
    ...Array.from({ length: 4 }, () => consume(queues.report, report)),
  ];

  return {
    place: async () => {
      const started = performance.now();
      const order = randomUUID();
      placed += 1;
      const isPaid = new Promise<void>((resolve) => paid.set(order, resolve));
      await wire.dynamo('TransactWriteItems', { TransactItems: reserve(order) });
      const id = randomUUID();
      await transaction(async (client) => {
        await client.query('INSERT INTO orders VALUES ($1, $2, $3, 4200, 1)', [
          order,
          randomUUID(),
          'pending',
        ]);
        await client.query(
          `INSERT INTO order_items SELECT $1, n, p, 'product', 1, 2100 FROM unnest($2::uuid[]) WITH ORDINALITY AS t(p, n)`,
          [order, linesOf(order)],
        );
        await outbox(client, id, order);
      });
      const placedMs = performance.now() - started;
      await publishOrder({ id, order, type: 'created' });
      void sent(id);
      await isPaid;
      return { placedMs, paidMs: performance.now() - started };
    },
    settled: async () => {
      // An order is reported when it is placed and when it is paid.
      const open = () => done.committed < placed || done.mailed < placed || done.reported < 2 * placed;
      while (open()) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    stop: () => {
      running = false;
      void Promise.allSettled(consumers);
    },
  };
}

/** The two products of an order, derived from its id. */
const linesOf = (order: string): string[] => {
  const first = Number.parseInt(order.slice(0, 6), 16) % products.length;
  return [products[first]!, products[(first + 7) % products.length]!];
};

const reserve = (order: string) => [
  ...linesOf(order).map((product) => ({
    Update: {
      TableName: 'inventory',
      Key: { pk: { S: product }, sk: { S: 'main' } },
      UpdateExpression: 'SET available = available - :q, reserved = reserved + :q',
      ConditionExpression: 'available >= :q',
      ExpressionAttributeValues: { ':q': { N: '1' } },
    },
  })),
  { Put: { TableName: 'reservations', Item: { pk: { S: order }, sk: { S: 'hold' }, at: { N: '1' } } } },
];
