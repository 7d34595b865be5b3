import { Unavailable } from '#shared/errors.ts';
import { OrderCreated } from '#shared/events/orders.ts';
import { newId } from '#shared/ids.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { sql } from '#shared/postgres/sql.ts';
import { aQueue, aTopic } from '#shared/testing/engines.ts';
import { aMigratedDatabase } from '#shared/testing/postgres.ts';
import { eventsIn } from '#shared/testing/queue.ts';
import { anAddress, aPendingOrder, minutesAfter } from '../../testing/builders.ts';
import { decideOrder, type OrderCommand } from '../domain/decide.ts';
import { OrderNotFound } from '../domain/errors.ts';
import { identityOf, orderEvent } from '../domain/events.ts';
import type { Order, PendingOrder } from '../domain/order.ts';
import { orderNumberOf } from '../domain/order-number.ts';
import { migrations } from '../migrations.ts';
import { orderReader } from './order-reader.ts';
import { orderStore } from './order-store.ts';

const { database } = await aMigratedDatabase(...migrations);
const queue = await aQueue({ fifo: true });
const topic = await aTopic({ fifo: true, queues: [queue] });
const plain = await aTopic();
const outbox = postgresOutbox(
  database,
  snsPublisher((name) => (name.endsWith('.fifo') ? topic : plain)),
);
const orders = orderStore(database, outbox);
const reader = orderReader(database);
const cause = { correlationId: 'test' };

const numbered = (order: PendingOrder): PendingOrder => ({
  ...order,
  number: orderNumberOf(order.id, order.placedAt),
});
const added = async (order: PendingOrder = aPendingOrder()): Promise<PendingOrder> => {
  const placed = numbered(order);
  const meta = { at: placed.placedAt, eventId: newId() };
  const event = orderEvent(OrderCreated, placed, meta, {
    ...identityOf(placed),
    lines: placed.lines,
    paymentMethod: placed.paymentMethod,
    paymentDeadline: placed.paymentDeadline.toISOString(),
  });
  await orders.create({ kind: 'changed', state: placed, events: [event] }, { cause });
  return placed;
};
type Command = OrderCommand extends infer C
  ? C extends OrderCommand
    ? Omit<C, 'at' | 'eventId'>
    : never
  : never;
const decide = (order: Order, command: Command) =>
  decideOrder(order, { ...command, at: minutesAfter(1), eventId: newId() } as OrderCommand);
const changed = (id: string, command: Command) =>
  orders.change(id, (order) => decide(order, command), { cause });

const pay: Command = { kind: 'record-capture', paymentId: newId() };
const ship: Command = { kind: 'ship', carrier: 'DHL', trackingNumber: 'T1' };
const complete: Command = { kind: 'complete' };
const cancel: Command = { kind: 'cancel', reason: 'customer-request' };

describe('an order', () => {
  test.each<[string, Command[]]>([
    ['pending', []],
    ['paid', [pay]],
    ['shipped', [pay, ship]],
    ['completed', [pay, ship, complete]],
    ['cancelled', [cancel]],
    ['cancelled', [pay, cancel]],
  ])('that is %s is read as it was written', async (status, commands) => {
    let order: Order = await added();
    for (const command of commands) order = await changed(order.id, command);
    expect(order).toMatchObject({ status, version: commands.length + 1 });
    expect(await reader.find(order.id)).toEqual(order);
  });

  test('stores its whole address and the order of its lines', async () => {
    const lines = ['Zebra', 'Apple', 'Mango'].map((name, index) => ({
      productId: newId(),
      name,
      quantity: index + 1,
      unitPriceCents: 10 ** index,
    }));
    const address = { ...anAddress, line2: 'Rear', region: 'London', phone: '+44 1' };
    const order = await added({
      ...aPendingOrder(),
      lines,
      shippingAddress: address,
      reservationReceipt: 'a receipt',
    });
    expect(await reader.find(order.id)).toEqual(order);
  });

  test('that does not exist is not found', async () => {
    expect(await reader.find(newId())).toBeUndefined();
    await expect(changed(newId(), pay)).rejects.toThrow(OrderNotFound);
  });
});

describe('a change', () => {
  test('announces one event per version, in order', async () => {
    const { id } = await added();
    for (const command of [pay, ship, complete]) await changed(id, command);
    const mine = (await eventsIn(queue)).filter(({ aggregateId }) => aggregateId === id);
    expect(mine.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 ORDER_CREATED',
      '2 ORDER_PAID',
      '3 ORDER_SHIPPED',
      '4 ORDER_COMPLETED',
    ]);
  });

  test('by several at once happens once, and the others see it', async () => {
    const { id } = await added();
    const results = await Promise.all([pay, pay, pay, pay].map((command) => changed(id, command)));
    expect(new Set(results.map(({ version }) => version))).toEqual(new Set([2]));
    expect(
      await database.query(sql`SELECT FROM outbox WHERE aggregate_id = ${id} AND sequence = 2`),
    ).toHaveLength(1);
  });

  test('to paid and to cancelled at once ends in cancelled, in either order', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await added();
      await Promise.all([changed(id, pay), changed(id, cancel)]);
      expect(await reader.find(id)).toMatchObject({ status: 'cancelled' });
    }
  });

  test('that always conflicts is given up, and changes nothing', async () => {
    const { id } = await added();
    const overtaken = orders.change(id, (order) => decide({ ...order, version: order.version + 7 }, pay), {
      cause,
    });
    await expect(overtaken).rejects.toThrow(Unavailable);
    expect(await reader.find(id)).toMatchObject({ status: 'pending', version: 1 });
    expect(await database.query(sql`SELECT FROM outbox WHERE aggregate_id = ${id}`)).toHaveLength(2);
  });

  test('records the handled event with the change, and also without one', async () => {
    const { id } = await added();
    const handled = (subscriber: string) => ({ cause, handled: { subscriber, eventId: id } });
    await orders.change(id, (order) => decide(order, pay), handled('with a change'));
    await orders.change(id, (order) => decide(order, pay), handled('unchanged'));
    const ahead = (order: Order) => decide({ ...order, version: 99 }, ship);
    await expect(orders.change(id, ahead, handled('overtaken'))).rejects.toThrow(Unavailable);
    const rows = await database.query<{ subscriber: string }>(
      sql`SELECT subscriber FROM handled_events WHERE event_id = ${id} ORDER BY subscriber DESC`,
    );
    expect(rows.map(({ subscriber }) => subscriber)).toEqual(['with a change', 'unchanged']);
  });
});

describe('lists', () => {
  test('show newest first, by customer and state, from a position on', async () => {
    const userId = newId();
    const mine: PendingOrder[] = [];
    for (let index = 0; index < 5; index += 1) mine.push(await added(aPendingOrder({ userId })));
    await added();
    const [first, , third] = mine;
    await changed(third!.id, pay);
    const ids = async (filter: Parameters<typeof reader.list>[0], limit = 10) =>
      (await reader.list(filter, limit)).map(({ id }) => id);
    const newestFirst = mine.map(({ id }) => id).reverse();
    expect(await ids({ userId })).toEqual(newestFirst);
    expect(await ids({ userId }, 2)).toEqual(newestFirst.slice(0, 2));
    expect(await ids({ userId, before: newestFirst[1] })).toEqual(newestFirst.slice(2));
    expect(await ids({ userId, status: 'paid' })).toEqual([third!.id]);
    expect(await ids({ userId, before: first!.id })).toEqual([]);
    expect((await ids({})).length).toBeGreaterThan(5);
  });

  test('of overdue orders contain only pending orders past their deadline', async () => {
    const early = await added(aPendingOrder({ paymentDeadline: minutesAfter(-60) }));
    const late = await added(aPendingOrder({ paymentDeadline: minutesAfter(-50) }));
    const paid = await added(aPendingOrder({ paymentDeadline: minutesAfter(-60) }));
    await changed(paid.id, pay);
    expect(await reader.overdue(minutesAfter(-50), 10)).toEqual([early.id, late.id]);
    expect(await reader.overdue(minutesAfter(-51), 10)).toEqual([early.id]);
    expect(await reader.overdue(minutesAfter(-50), 1)).toEqual([early.id]);
  });
});
