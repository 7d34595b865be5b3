import type { NewEvent } from '../events/event.ts';
import { OrderCancelled, OrderCompleted } from '../events/orders.ts';
import { newId } from '../ids.ts';
import { type Publish, snsPublisher } from '../outbox/publish.ts';
import { aQueue, aTopic } from '../testing/engines.ts';
import { aMigratedDatabase } from '../testing/postgres.ts';
import { eventsIn } from '../testing/queue.ts';
import { postgresOutbox, type Written } from './outbox.ts';
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
const aFact = (orderId: string, sequence: number): NewEvent<typeof OrderCompleted> => ({
  definition: OrderCompleted,
  id: newId(),
  aggregateId: orderId,
  sequence,
  time: new Date('2026-11-21T12:00:00Z'),
  data: { orderId, userId: newId(), orderNumber: 'N', totalCents: 1, currency: 'EUR' },
});
const write = (...facts: NewEvent[]): Promise<Written> =>
  database.transaction((transaction) => outbox.append(transaction, facts, cause));
/** As if the claims of a process that died had lapsed. */
const lapse = () =>
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
  test('relays what was committed to each topic of the event, and marks it sent', async () => {
    const fact = aFact(newId(), 1);
    await outbox.relay(await write(fact));
    const [received] = await eventsIn(fifoQueue);
    expect(received).toMatchObject({
      id: fact.id,
      type: 'ORDER_COMPLETED',
      sequence: 1,
      correlationId: 'test',
    });
    expect(await eventsIn(plainQueue)).toEqual([received]);
    expect(await unsent()).toEqual([]);
  });

  test('announces nothing of a transaction that was rolled back', async () => {
    const rolledBack = database.transaction(async (transaction) => {
      await outbox.append(transaction, [aFact(newId(), 1)], cause);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow();
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
    expect(await eventsIn(fifoQueue)).toEqual([]);
  });

  test('refuses a second event under one sequence number', async () => {
    const orderId = newId();
    await write(aFact(orderId, 1));
    await expect(write(aFact(orderId, 1))).rejects.toThrow('outbox_sequence');
  });

  test('killed between commit and publish: the sweep publishes, once the claim has lapsed', async () => {
    const orderId = newId();
    await write(aFact(orderId, 1));
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
    await lapse();
    expect(await outbox.sweep()).toEqual({ sent: 2, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1]);
    expect(await outbox.sweep()).toEqual({ sent: 0, failed: 0 });
  });

  test('killed between publish and mark: the event comes again, under the same id', async () => {
    const fact = aFact(newId(), 1);
    const written = await write(fact);
    await Promise.all(written.entries.map(toSns));
    await lapse();
    await outbox.sweep();
    const ids = (await eventsIn(plainQueue)).map(({ id }) => id);
    expect(ids).toEqual([fact.id, fact.id]);
    // The FIFO topic knows the id and drops the second.
    expect(await sequencesOf(fact.aggregateId)).toEqual([1]);
  });

  test('events written since a time are sent again, in their order, when their queues were lost', async () => {
    const orderId = newId();
    const before = new Date(Date.now() - 60_000);
    await outbox.relay(await write(aFact(orderId, 1)));
    await outbox.relay(await write(aFact(orderId, 2)));
    expect((await eventsIn(plainQueue)).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2]);
    expect(await outbox.takeBack(new Date(Date.now() + 60_000))).toBe(0);
    expect(await outbox.takeBack(before)).toBe(4);
    expect(await outbox.sweep()).toEqual({ sent: 4, failed: 0 });
    expect((await eventsIn(plainQueue)).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2]);
    expect(await unsent()).toEqual([]);
  });

  test('an event waits for the one before it, whoever publishes that one', async () => {
    const orderId = newId();
    const [first, second] = [await write(aFact(orderId, 1)), await write(aFact(orderId, 2))];
    expect([first.claimed, second.claimed]).toEqual([true, false]);
    await Promise.all([outbox.relay(second), outbox.relay(first)]);
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
    expect(await unsent()).toEqual([]);
  });

  test('an event whose predecessor is stuck is left to the sweep, which sends both in order', async () => {
    const orderId = newId();
    await write(aFact(orderId, 1));
    await outbox.relay(await write(aFact(orderId, 2)));
    expect(await sequencesOf(orderId)).toEqual([]);
    await lapse();
    expect(await outbox.sweep()).toEqual({ sent: 4, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
  });

  test('two facts of one aggregate in one transaction go out in order', async () => {
    const orderId = newId();
    await outbox.relay(await write(aFact(orderId, 2), aFact(orderId, 1)));
    expect(await sequencesOf(orderId)).toEqual([1, 2]);
  });

  test('an event that is refused stops its aggregate there, and no other', async () => {
    const [stuck, free] = [newId(), newId()];
    const refuseSecond: Publish = async (entry) =>
      entry.aggregateId === stuck && entry.sequence === 2 ? false : toSns(entry);
    const refusing = postgresOutbox(database, refuseSecond);
    await refusing.relay(await write(aFact(stuck, 1), aFact(stuck, 2), aFact(stuck, 3), aFact(free, 1)));
    const seen = await eventsIn(fifoQueue);
    expect(seen.map(({ aggregateId, sequence }) => [aggregateId, sequence]).toSorted()).toEqual(
      [
        [stuck, 1],
        [free, 1],
      ].toSorted(),
    );
    await lapse();
    await outbox.sweep();
    expect(await sequencesOf(stuck)).toEqual([2, 3]);
  });

  test('a topic that cannot be reached fails no request, and the next sweep sends', async () => {
    const unreachable = postgresOutbox(database, () => Promise.reject(new Error('ECONNREFUSED')));
    const orderId = newId();
    await unreachable.relay(await write(aFact(orderId, 1)));
    await lapse();
    expect(await unreachable.sweep()).toEqual({ sent: 0, failed: 2 });
    await lapse();
    expect(await outbox.sweep()).toEqual({ sent: 2, failed: 0 });
    expect(await sequencesOf(orderId)).toEqual([1]);
  });

  test('four sweeps at once over 300 aggregates: each event once, each aggregate in order', async () => {
    const orders = Array.from({ length: 300 }, () => newId());
    await write(...orders.flatMap((id) => [aFact(id, 1), aFact(id, 2), aFact(id, 3)]));
    await lapse();
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

  test('writers and sweeps side by side neither lose nor disorder anything', async () => {
    const orders = Array.from({ length: 20 }, () => newId());
    let over = false;
    const sweeping = (async () => {
      while (!over) await outbox.sweep();
    })();
    await Promise.all(
      orders.map(async (id) => {
        for (const sequence of [1, 2, 3, 4]) await outbox.relay(await write(aFact(id, sequence)));
      }),
    );
    over = true;
    await sweeping;
    await lapse();
    await outbox.sweep();
    const seen = await eventsIn(fifoQueue);
    for (const id of orders)
      expect(seen.filter((event) => event.aggregateId === id).map(({ sequence }) => sequence)).toEqual([
        1, 2, 3, 4,
      ]);
    expect(await unsent()).toEqual([]);
  });

  test('sent rows are kept for two weeks as the proof of what was announced', async () => {
    await outbox.relay(await write(aFact(newId(), 1)));
    await outbox.relay(await write(aFact(newId(), 1)));
    await database.query(
      `UPDATE outbox SET sent_at = sent_at - interval '15 days'
        WHERE aggregate_id = (SELECT min(aggregate_id) FROM outbox)`,
    );
    await outbox.sweep();
    expect(await database.query('SELECT FROM outbox')).toHaveLength(2);
  });

  test('nothing to announce is nothing to do', async () => {
    await outbox.relay(await write());
    expect(await unsent()).toEqual([]);
  });

  test('a fact that is not of its schema is not written', async () => {
    const fact = { ...aFact(newId(), 1), definition: OrderCancelled };
    await expect(write(fact)).rejects.toThrow();
    expect(await unsent()).toEqual([]);
  });
});
