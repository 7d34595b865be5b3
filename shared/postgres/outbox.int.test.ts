import type { NewEvent } from '../events/event.ts';
import { OrderCancelled, OrderCompleted } from '../events/orders.ts';
import { newId } from '../ids.ts';
import { toEntries } from '../outbox/entry.ts';
import { type Publish, snsPublisher } from '../outbox/publish.ts';
import { aQueue, aTopic } from '../testing/engines.ts';
import { aMigratedDatabase } from '../testing/postgres.ts';
import { eventsIn } from '../testing/queue.ts';
import { insertOutboxRows, postgresOutbox, type Written } from './outbox.ts';
import { sql } from './sql.ts';

const { database } = await aMigratedDatabase();
const [fifoQueue, plainQueue] = [await aQueue({ fifo: true }), await aQueue()];
const [fifoTopic, plainTopic] = [
  await aTopic({ fifo: true, queues: [fifoQueue] }),
  await aTopic({ queues: [plainQueue] }),
];
const toSns = snsPublisher((topic) => (topic.endsWith('.fifo') ? fifoTopic : plainTopic));
const outbox = postgresOutbox(database, toSns);

const cause = { correlationId: 'test' };
const anEventOf = (orderId: string, sequence: number): NewEvent<typeof OrderCompleted> => ({
  definition: OrderCompleted,
  id: newId(),
  aggregateId: orderId,
  sequence,
  time: new Date('2026-11-21T12:00:00Z'),
  data: { orderId, userId: newId(), orderNumber: 'N', totalCents: 1, currency: 'EUR' },
});
async function write(...events: NewEvent[]): Promise<Written> {
  const entries = toEntries(events, cause);
  const rows = await database.query<{ claimed: boolean }>(insertOutboxRows(entries, sql`true`));
  return { entries, claimed: rows.every(({ claimed }) => claimed) };
}
/** As if the claims of a process that died had expired. */
const expireClaims = () =>
  database.query(
    sql`UPDATE outbox SET claimed_until = clock_timestamp() - interval '1 s' WHERE sent_at IS NULL`,
  );
const unsent = () => database.query('SELECT id, destination FROM outbox WHERE sent_at IS NULL');
const sequencesOf = async (orderId: string) =>
  (await eventsIn(fifoQueue))
    .filter((event) => event.aggregateId === orderId)
    .map(({ sequence }) => sequence);

beforeEach(async () => {
  await database.query('TRUNCATE outbox');
  await Promise.all([eventsIn(fifoQueue), eventsIn(plainQueue)]);
});

describe('the outbox', () => {
  test('publishes a committed event to each of its topics, and marks it sent', async () => {
    const event = anEventOf(newId(), 1);
    await outbox.relay(await write(event));
    const [received] = await eventsIn(fifoQueue);
    expect(received).toMatchObject({
      id: event.id,
      type: 'ORDER_COMPLETED',
      sequence: 1,
      correlationId: 'test',
    });
    expect(await eventsIn(plainQueue)).toEqual([received]);
    expect(await unsent()).toEqual([]);
  });

  test('publishes nothing of a transaction that was rolled back', async () => {
    const rolledBack = database.transaction(async (transaction) => {
      const entries = toEntries([anEventOf(newId(), 1)], cause);
      await transaction.query(insertOutboxRows(entries, sql`true`));
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
    expect(await eventsIn(fifoQueue)).toEqual([]);
  });

  test('refuses a second event under one sequence number', async () => {
    const orderId = newId();
    await write(anEventOf(orderId, 1));
    await expect(write(anEventOf(orderId, 1))).rejects.toThrow('outbox_sequence');
  });

  test('killed between commit and publish: the sweep publishes after the claim has expired', async () => {
    const orderId = newId();
    await write(anEventOf(orderId, 1));
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
    await expireClaims();
    expect(await outbox.sweep()).toEqual({ sent: 2, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1]);
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
  });

  test('killed between publish and mark: the event is published again with the same id', async () => {
    const event = anEventOf(newId(), 1);
    const written = await write(event);
    await Promise.all(written.entries.map(toSns));
    await expireClaims();
    await outbox.sweep();
    const ids = (await eventsIn(plainQueue)).map(({ id }) => id);
    expect(ids).toEqual([event.id, event.id]);
    // The FIFO topic knows the id and drops the second.
    expect(await sequencesOf(event.aggregateId)).toEqual([1]);
  });

  test('events since a given time are published again in order, when their queues were lost', async () => {
    const orderId = newId();
    const before = new Date(Date.now() - 60_000);
    await outbox.relay(await write(anEventOf(orderId, 1)));
    await outbox.relay(await write(anEventOf(orderId, 2)));
    expect((await eventsIn(plainQueue)).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2]);
    expect(await outbox.markUnsent(new Date(Date.now() + 60_000))).toBe(0);
    expect(await outbox.markUnsent(before)).toBe(4);
    expect(await outbox.sweep()).toEqual({ sent: 4, failed: 0 });
    expect((await eventsIn(plainQueue)).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2]);
    expect(await unsent()).toEqual([]);
  });

  test('an event waits for the one before it, whichever process publishes that one', async () => {
    const orderId = newId();
    const [first, second] = [await write(anEventOf(orderId, 1)), await write(anEventOf(orderId, 2))];
    expect([first.claimed, second.claimed]).toEqual([true, false]);
    await Promise.all([outbox.relay(second), outbox.relay(first)]);
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
    expect(await unsent()).toEqual([]);
  });

  test('an event whose predecessor is stuck is published by the sweep, both in order', async () => {
    const orderId = newId();
    await write(anEventOf(orderId, 1));
    await outbox.relay(await write(anEventOf(orderId, 2)));
    expect(await sequencesOf(orderId)).toEqual([]);
    await expireClaims();
    expect(await outbox.sweep()).toEqual({ sent: 4, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
  });

  test('two events of one aggregate in one transaction are published in order', async () => {
    const orderId = newId();
    await outbox.relay(await write(anEventOf(orderId, 2), anEventOf(orderId, 1)));
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
  });

  test('an event that is refused blocks the later events of its aggregate, and no other', async () => {
    const [stuck, free] = [newId(), newId()];
    const refuseSecond: Publish = async (entry) =>
      entry.aggregateId === stuck && entry.sequence === 2 ? false : toSns(entry);
    const refusing = postgresOutbox(database, refuseSecond);
    await refusing.relay(
      await write(anEventOf(stuck, 1), anEventOf(stuck, 2), anEventOf(stuck, 3), anEventOf(free, 1)),
    );
    const seen = await eventsIn(fifoQueue);
    expect(seen.map(({ aggregateId, sequence }) => [aggregateId, sequence]).toSorted()).toEqual(
      [
        [stuck, 1],
        [free, 1],
      ].toSorted(),
    );
    await expireClaims();
    await outbox.sweep();
    expect(await sequencesOf(stuck)).toEqual([2, 3]);
  });

  test('an unreachable topic fails no request, and the next sweep publishes', async () => {
    const unreachable = postgresOutbox(database, () => Promise.reject(new Error('ECONNREFUSED')));
    const orderId = newId();
    await unreachable.relay(await write(anEventOf(orderId, 1)));
    await expireClaims();
    expect(await unreachable.sweep()).toEqual({ sent: 0, failed: 2 });
    await expireClaims();
    expect(await outbox.sweep()).toEqual({ sent: 2, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1]);
  });

  test('four sweeps at once over 300 aggregates: each event once, each aggregate in order', async () => {
    const orders = Array.from({ length: 300 }, () => newId());
    await write(...orders.flatMap((id) => [anEventOf(id, 1), anEventOf(id, 2), anEventOf(id, 3)]));
    await expireClaims();
    const published: string[] = [];
    const counting: Publish = async ({ destination, aggregateId, sequence }) => {
      published.push(`${destination} ${aggregateId} ${sequence}`);
      return true;
    };
    const sweeps = await Promise.all([1, 2, 3, 4].map(() => postgresOutbox(database, counting).sweep()));
    expect(sweeps.reduce((sum, { sent }) => sum + sent, 0)).toBe(300 * 3 * 2);
    expect(new Set(published).size).toBe(published.length);
    for (const id of orders) {
      const mine = published.filter((line) => line.startsWith(`order-events.fifo ${id}`));
      expect(mine.map((line) => Number(line.at(-1)))).toEqual([1, 2, 3]);
    }
  });

  test('concurrent writers and sweeps neither lose nor reorder events', async () => {
    const orders = Array.from({ length: 20 }, () => newId());
    let over = false;
    const sweeping = (async () => {
      while (!over) await outbox.sweep();
    })();
    await Promise.all(
      orders.map(async (id) => {
        for (const sequence of [1, 2, 3, 4]) await outbox.relay(await write(anEventOf(id, sequence)));
      }),
    );
    over = true;
    await sweeping;
    await expireClaims();
    await outbox.sweep();
    const seen = await eventsIn(fifoQueue);
    for (const id of orders)
      expect(seen.filter((event) => event.aggregateId === id).map(({ sequence }) => sequence)).toEqual([
        1, 2, 3, 4,
      ]);
    expect(await unsent()).toEqual([]);
  });

  test('sent rows are kept for two weeks', async () => {
    await outbox.relay(await write(anEventOf(newId(), 1)));
    await outbox.relay(await write(anEventOf(newId(), 1)));
    await database.query(
      `UPDATE outbox SET sent_at = sent_at - interval '15 days'
        WHERE aggregate_id = (SELECT min(aggregate_id) FROM outbox)`,
    );
    await outbox.sweep();
    expect(await database.query('SELECT FROM outbox')).toHaveLength(2);
  });

  test('an event that does not match its schema is not written', async () => {
    const event = { ...anEventOf(newId(), 1), definition: OrderCancelled };
    await expect(write(event)).rejects.toThrow();
    expect(await unsent()).toEqual([]);
  });
});
