import { DataExportRequested, UserErased } from '#shared/events/privacy.ts';
import { newId } from '#shared/ids.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { exportedPart } from '#shared/testing/exported.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent, sqsEvent } from '#shared/testing/queue.ts';
import { aPlacedOrder } from '../../testing/builders.ts';
import { ordersService, support } from '../../testing/orders-service.ts';
import { cancelOrderRoute, getOrderRoute, listOrdersRoute } from '../api.ts';
import type { OrderStatus } from '../domain/order.ts';

const orders = await ordersService();
const { handler } = await import('./on-privacy-request.ts');
const { handler: relay } = await import('./relay-outbox.ts');
const { database } = orders.app;

const erasureOf = (userId: string) => anEvent(UserErased, { userId }, { aggregateId: userId, sequence: 9 });
const deliver = (event: ReturnType<typeof anEvent>) => handler(sqsEvent(event), lambdaContext());

/** Every text of the tables that contain orders and requests, and what ANALYZE keeps of them. */
async function everything(): Promise<string> {
  const tables = ['orders', 'shipping_info', 'idempotency_keys', 'outbox'];
  const rows = await Promise.all(
    tables.map((table) => database().query(`SELECT t::text AS row FROM ${table} t`)),
  );
  const statistics = await database().query(
    `SELECT s.most_common_vals::text, s.histogram_bounds::text FROM pg_stats s WHERE tablename = ANY($1)`,
    [tables],
  );
  return JSON.stringify([rows, statistics]);
}

describe('an erased customer', () => {
  test.each<[OrderStatus, OrderStatus]>([
    ['pending', 'cancelled'],
    ['paid', 'cancelled'],
    ['shipped', 'shipped'],
    ['completed', 'completed'],
    ['cancelled', 'cancelled'],
  ])('leaves a %s order %s, without the person, and with lines and amounts', async (before, after) => {
    const userId = newId();
    const order = await orders.anOrder(before, userId);
    const event = erasureOf(userId);
    for (const _ of [1, 2]) expect(await deliver(event)).toEqual({ batchItemFailures: [] });
    const { body } = await orders.ask('get', getOrderRoute, { params: { id: order.id }, caller: support });
    expect(body).toMatchObject({
      status: after,
      lines: order.lines,
      totalCents: order.total.amountCents,
      shippingAddress: { name: 'erased', line1: 'erased', country: order.shippingAddress.country },
    });
    expect(Object.keys(body['shippingAddress'] as object).toSorted()).toEqual(['country', 'line1', 'name']);
  });

  test('is in no row, stored response or statistic', async () => {
    const userId = newId();
    const name = 'Zebulon Quackenbush';
    const cause = { correlationId: 'test' };
    const order = aPlacedOrder(userId);
    if (order.kind !== 'changed') throw new Error('not placed');
    order.state.shippingAddress = { ...order.state.shippingAddress, name, phone: '+4930901820' };
    await orders.app.orders().create(order, { cause });
    // Staff's response about the order is stored under its own key.
    const caller = support;
    const headers = { 'Idempotency-Key': newId() };
    await orders.ask('cancel', cancelOrderRoute, { params: { id: order.state.id }, caller, headers });
    await database().query('ANALYZE');
    expect(await everything()).toContain(name);
    await deliver(erasureOf(userId));
    const left = await everything();
    expect(left).not.toContain(name);
    expect(left).not.toContain('+4930901820');
    expect(left).toContain(userId);
  });

  test('who was placing an order meanwhile is removed from it by the next schedule', async () => {
    const userId = newId();
    await deliver(erasureOf(userId));
    const order = await orders.anOrder('pending', userId);
    await relay(scheduleEvent(new Date()) as never, lambdaContext());
    const { body } = await orders.ask('get', getOrderRoute, { params: { id: order.id }, caller: support });
    expect(body).toMatchObject({ status: 'cancelled', shippingAddress: { name: 'erased' } });
  });

  test('is not confused with another', async () => {
    const order = await orders.anOrder('paid', newId());
    await deliver(erasureOf(newId()));
    const { body } = await orders.ask('get', getOrderRoute, { params: { id: order.id }, caller: support });
    expect(body).toMatchObject({ status: 'paid', shippingAddress: order.shippingAddress });
  });

  test('cancels each open order with one event, however often the erasure is delivered', async () => {
    const userId = newId();
    const order = await orders.anOrder('paid', userId);
    const event = erasureOf(userId);
    await deliver(event);
    await deliver(event);
    const types = (await eventsIn(orders.published))
      .filter(({ aggregateId }) => aggregateId === order.id)
      .map(({ type }) => type);
    expect(types).toEqual(['ORDER_CREATED', 'ORDER_PAID', 'ORDER_CANCELLED']);
  });
});

test('an export contains every order of the customer and no other, and may be requested twice', async () => {
  const userId = newId();
  const [first, second] = [await orders.anOrder('paid', userId), await orders.anOrder('pending', userId)];
  await orders.anOrder('paid', newId());
  const exportId = newId();
  const event = anEvent(DataExportRequested, { exportId, userId }, { aggregateId: userId });
  for (const _ of [1, 2]) expect(await deliver(event)).toEqual({ batchItemFailures: [] });
  const part = (await exportedPart(orders.bucket, exportId, 'orders')) as { orders: { id: string }[] };
  expect(part.orders.map(({ id }) => id)).toEqual([first.id, second.id]);
  expect(part.orders[0]).toMatchObject({ status: 'paid', shippingAddress: first.shippingAddress });
  const listed = await orders.ask('list', listOrdersRoute, { caller: { userId, roles: ['customer'] } });
  expect(listed.body.items).toHaveLength(2);
});
