import type { Role } from '#shared/auth/permissions.ts';
import type { Route } from '#shared/http/route.ts';
import { newId } from '#shared/ids.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { eventsIn, scheduleEvent } from '#shared/testing/queue.ts';
import { anAddress, minutesAfter } from '../../testing/builders.ts';
import { ordersEnvironment } from '../../testing/environment.ts';
import { cancelOrder, completeOrder, getOrder, health, listOrders, shipOrder } from '../api.ts';
import { decide } from '../domain/decide.ts';
import type { OrderStatus, PendingOrder } from '../domain/order.ts';
import { place } from '../domain/place.ts';

const { published } = await ordersEnvironment();
const app = await import('../app.ts');
const { nothingElse } = await import('../adapters/order-store.ts');
const { idempotently } = await import('#shared/postgres/idempotency.ts');
const handlers = {
  cancel: (await import('./cancel-order.ts')).handler,
  complete: (await import('./complete-order.ts')).handler,
  get: (await import('./get-order.ts')).handler,
  health: (await import('./health.ts')).handler,
  list: (await import('./list-orders.ts')).handler,
  ship: (await import('./ship-order.ts')).handler,
};
const expireUnpaidOrders = (await import('./expire-unpaid-orders.ts')).handler;
afterAll(() => app.database().end());

const as = (role: Role, userId = newId()) => ({ userId, roles: [role] });
const [ada, eve, support, admin] = [as('customer'), as('customer'), as('support'), as('admin')];
const cause = { correlationId: 'test' };
const parcel = { carrier: 'DHL', trackingNumber: 'T1' };

/** An order of Ada's, brought to a state. */
async function anOrder(status: OrderStatus = 'pending', userId = ada.userId): Promise<PendingOrder> {
  const placed = place({
    orderId: newId(),
    userId,
    lines: [{ productId: newId(), name: 'Lamp', quantity: 2, unitPriceCents: 500, currency: 'EUR' }],
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    paymentDeadline: minutesAfter(30),
    at: minutesAfter(0),
  });
  await idempotently(app.database(), undefined, async (_, complete) => {
    await app.orders().add(placed, cause, complete, { status: 201 });
    return { status: 201 };
  });
  const at = minutesAfter(1);
  const way = {
    pending: [],
    paid: [{ kind: 'record-capture', paymentId: newId(), at }],
    shipped: [
      { kind: 'record-capture', paymentId: newId(), at },
      { kind: 'ship', ...parcel, at },
    ],
    completed: [
      { kind: 'record-capture', paymentId: newId(), at },
      { kind: 'ship', ...parcel, at },
      { kind: 'complete', at },
    ],
    cancelled: [{ kind: 'cancel', reason: 'staff-decision', at }],
  } as const;
  for (const command of way[status])
    await app.orders().change(placed.order.id, (order) => decide(order, command), cause, nothingElse);
  return placed.order;
}

type Answer = Record<string, unknown> & { items: { id: string }[]; errors?: { field: string }[] };
const ask = (name: keyof typeof handlers, route: Route, request: TestRequest = {}) =>
  send<Answer>(handlers[name], route, request);
const codeOf = ({ status, body }: { status: number; body: Answer }) => [
  status,
  body['code'] ?? body['status'],
];

describe('GET orders/{id}', () => {
  test.each<[OrderStatus, string[]]>([
    ['pending', []],
    ['paid', ['payment']],
    ['shipped', ['payment', 'shipment']],
    ['completed', ['completedAt', 'payment', 'shipment']],
    ['cancelled', ['cancellation']],
  ])('shows a %s order with what belongs to its state', async (status, parts) => {
    const { id } = await anOrder(status);
    const answer = await ask('get', getOrder, { params: { id }, caller: ada });
    expect(codeOf(answer)).toEqual([200, status]);
    const optional = ['payment', 'shipment', 'completedAt', 'cancellation'];
    expect(optional.filter((name) => name in answer.body).toSorted()).toEqual(parts);
    expect(answer.headers['etag']).toBe(`"${answer.body['version']}"`);
    expect(JSON.stringify(answer.body)).not.toContain('pm_card');
  });

  test("is 404 for another customer's, exactly as for one that is not there", async () => {
    const { id } = await anOrder();
    const foreign = await ask('get', getOrder, { params: { id }, caller: eve });
    const unknown = await ask('get', getOrder, { params: { id: newId() }, caller: eve });
    expect(codeOf(foreign)).toEqual([404, 'ORDER_NOT_FOUND']);
    const { requestId: _one, ...first } = foreign.body;
    const { requestId: _two, ...second } = unknown.body;
    expect(first).toEqual(second);
  });

  test('lets staff see it', async () => {
    const { id } = await anOrder();
    expect(codeOf(await ask('get', getOrder, { params: { id }, caller: support }))).toEqual([200, 'pending']);
  });

  test('is 400 for an id that is none', async () => {
    const answer = await ask('get', getOrder, { params: { id: 'lamp' }, caller: ada });
    expect([...codeOf(answer), answer.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', 'id']);
  });
});

describe('GET orders', () => {
  const listed = async (request: TestRequest) => ask('list', listOrders, request);

  test("pages through a customer's own orders, newest first, each once", async () => {
    const greta = as('customer');
    const mine: string[] = [];
    for (let index = 0; index < 5; index += 1) mine.push((await anOrder('pending', greta.userId)).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await listed({ caller: greta, query });
      seen.push(...body.items.map(({ id }) => id));
      cursor = body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(mine.reverse());
  });

  test('ends on a full last page', async () => {
    const greta = as('customer');
    await anOrder('pending', greta.userId);
    const { body } = await listed({ caller: greta, query: { limit: '1' } });
    expect(body).toEqual({ items: [expect.objectContaining({ totalCents: 1000, pieces: 2 })] });
  });

  test('shows staff everybody, or one customer in one state', async () => {
    const greta = as('customer');
    const paid = await anOrder('paid', greta.userId);
    await anOrder('pending', greta.userId);
    const { body } = await listed({ caller: support, query: { userId: greta.userId, status: 'paid' } });
    expect(body.items.map(({ id }) => id)).toEqual([paid.id]);
    const { body: all } = await listed({ caller: support, query: { limit: '100' } });
    expect(
      new Set(all.items.map((item) => (item as Record<string, unknown>)['userId'])).size,
    ).toBeGreaterThan(1);
  });

  test("refuses a customer another's orders", async () => {
    expect(codeOf(await listed({ caller: eve, query: { userId: ada.userId } }))).toEqual([403, 'FORBIDDEN']);
  });

  test.each([
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: 'many' }],
    ['cursor', { cursor: 'eyJ4IjoxfQ' }],
    ['status', { status: 'lost' }],
    ['userId', { userId: 'ada' }],
    ['sort', { sort: 'total' }],
    ['limit', { limit: ['1', '2'] }],
  ])('names %s when it is %j', async (field, query) => {
    const answer = await listed({ caller: ada, query: query as Record<string, string | string[]> });
    expect([...codeOf(answer), answer.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', field]);
  });
});

describe('POST orders/{id}/cancellation', () => {
  const cancel = (id: string, request: TestRequest = {}) =>
    ask('cancel', cancelOrder, { params: { id }, caller: ada, ...request });

  test('cancels a pending order on the wish of its customer', async () => {
    const { id } = await anOrder();
    const answer = await cancel(id);
    expect(codeOf(answer)).toEqual([200, 'cancelled']);
    expect(answer.body['cancellation']).toMatchObject({ reason: 'customer-request' });
    const events = (await eventsIn(published)).filter(({ aggregateId }) => aggregateId === id);
    expect(events.at(-1)).toMatchObject({ type: 'ORDER_CANCELLED', sequence: 2, data: { wasPaid: false } });
  });

  test('cancels a paid one too, by the staff as well', async () => {
    const { id } = await anOrder('paid');
    const answer = await cancel(id, { caller: support });
    expect(answer.body).toMatchObject({ status: 'cancelled', cancellation: { reason: 'staff-decision' } });
  });

  test('again changes nothing more', async () => {
    const { id } = await anOrder();
    const headers = { 'Idempotency-Key': newId() };
    const first = await cancel(id, { headers });
    const replayed = await cancel(id, { headers });
    const other = await cancel(id);
    expect([replayed.body, other.body]).toEqual([first.body, first.body]);
    expect([replayed.headers['idempotent-replayed'], other.headers['idempotent-replayed']]).toEqual([
      'true',
      undefined,
    ]);
  });

  test('five times at once cancels once', async () => {
    const { id } = await anOrder();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => cancel(id)));
    expect(new Set(answers.map(({ body }) => body['version']))).toEqual(new Set([2]));
  });

  test.each(['shipped', 'completed'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await cancel(id))).toEqual([409, 'ORDER_NOT_CANCELLABLE']);
  });

  test('is 404 for a stranger, and changes nothing', async () => {
    const { id } = await anOrder();
    expect(codeOf(await cancel(id, { caller: eve }))).toEqual([404, 'ORDER_NOT_FOUND']);
    expect(codeOf(await cancel(newId()))).toEqual([404, 'ORDER_NOT_FOUND']);
    expect(codeOf(await ask('get', getOrder, { params: { id }, caller: ada }))).toEqual([200, 'pending']);
  });
});

describe('POST orders/{id}/shipment', () => {
  const ship = (id: string, request: TestRequest = {}) =>
    ask('ship', shipOrder, { params: { id }, caller: admin, body: parcel, ...request });

  test('notes the parcel of a paid order', async () => {
    const { id } = await anOrder('paid');
    const answer = await ship(id);
    expect(answer.body).toMatchObject({ status: 'shipped', shipment: parcel });
    const events = (await eventsIn(published)).filter(({ aggregateId }) => aggregateId === id);
    expect(events.at(-1)).toMatchObject({ type: 'ORDER_SHIPPED', data: parcel });
  });

  test('again is the same; another parcel is refused', async () => {
    const { id } = await anOrder('shipped');
    expect(codeOf(await ship(id))).toEqual([200, 'shipped']);
    const other = await ship(id, { body: { ...parcel, trackingNumber: 'T2' } });
    expect(codeOf(other)).toEqual([409, 'ORDER_NOT_SHIPPABLE']);
  });

  test('replays under its key, and refuses another body under it', async () => {
    const { id } = await anOrder('paid');
    const headers = { 'Idempotency-Key': newId() };
    const first = await ship(id, { headers });
    expect((await ship(id, { headers })).body).toEqual(first.body);
    const other = await ship(id, { headers, body: { ...parcel, trackingNumber: 'T2' } });
    expect(codeOf(other)).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test.each(['pending', 'cancelled'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await ship(id))).toEqual([409, 'ORDER_NOT_SHIPPABLE']);
  });

  test.each([ada, support])('is not for %j', async (caller) => {
    const { id } = await anOrder('paid');
    expect(codeOf(await ship(id, { caller }))).toEqual([403, 'FORBIDDEN']);
  });

  test.each([
    ['carrier', { trackingNumber: 'T1' }],
    ['carrier', { ...parcel, carrier: 7 }],
    ['carrier', { ...parcel, carrier: 'DHL\r\nand more' }],
    ['trackingNumber', { ...parcel, trackingNumber: 'x'.repeat(101) }],
    ['weight', { ...parcel, weight: 1 }],
  ])('names %s of %j', async (field, body) => {
    const { id } = await anOrder('paid');
    const answer = await ship(id, { body });
    expect([...codeOf(answer), answer.body.errors?.[0]?.field]).toEqual([400, 'INVALID_REQUEST', field]);
  });
});

describe('POST orders/{id}/completion', () => {
  const close = (id: string, request: TestRequest = {}) =>
    ask('complete', completeOrder, { params: { id }, caller: admin, ...request });

  test('closes a shipped order, once', async () => {
    const { id } = await anOrder('shipped');
    const first = await close(id);
    expect(codeOf(first)).toEqual([200, 'completed']);
    expect((await close(id)).body).toEqual(first.body);
    const headers = { 'Idempotency-Key': newId() };
    expect([(await close(id, { headers })).body, (await close(id, { headers })).body]).toEqual([
      first.body,
      first.body,
    ]);
  });

  test.each(['pending', 'paid', 'cancelled'] as const)('is refused for a %s order', async (status) => {
    const { id } = await anOrder(status);
    expect(codeOf(await close(id))).toEqual([409, 'ORDER_NOT_COMPLETABLE']);
  });

  test('is for those who fulfil alone, and 404 for what is not there', async () => {
    const { id } = await anOrder('shipped');
    expect(codeOf(await close(id, { caller: ada }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await close(newId()))).toEqual([404, 'ORDER_NOT_FOUND']);
  });
});

describe('the minute schedule', () => {
  test('cancels what was not paid in time, and nothing else; again it finds nothing', async () => {
    const [unpaid, paid] = [await anOrder(), await anOrder('paid')];
    const many = await Promise.all(Array.from({ length: 45 }, () => anOrder()));
    const run = (at: Date) => expireUnpaidOrders(scheduleEvent(at), lambdaContext());
    await run(minutesAfter(29));
    expect(codeOf(await ask('get', getOrder, { params: { id: unpaid.id }, caller: ada }))).toEqual([
      200,
      'pending',
    ]);
    await Promise.all([run(minutesAfter(31)), run(minutesAfter(31))]);
    await run(minutesAfter(31));
    const answer = await ask('get', getOrder, { params: { id: unpaid.id }, caller: ada });
    expect(answer.body).toMatchObject({
      status: 'cancelled',
      version: 2,
      cancellation: { reason: 'payment-overdue' },
    });
    expect(codeOf(await ask('get', getOrder, { params: { id: paid.id }, caller: ada }))).toEqual([
      200,
      'paid',
    ]);
    for (const { id } of many)
      expect(await app.reader().find(id)).toMatchObject({ status: 'cancelled', version: 2 });
  });

  test('goes on past orders that cannot be cancelled, and tells of them', async () => {
    const broken = await Promise.all(Array.from({ length: 20 }, () => anOrder()));
    const ids = broken.map(({ id }) => id);
    await app.database().query('DELETE FROM shipping_info WHERE order_id = ANY($1)', [ids]);
    const sound = await anOrder();
    await expect(expireUnpaidOrders(scheduleEvent(minutesAfter(31)), lambdaContext())).rejects.toThrow(
      '20 overdue orders were not cancelled',
    );
    expect(await app.reader().find(sound.id)).toMatchObject({ status: 'cancelled' });
    await app.database().query('DELETE FROM orders WHERE id = ANY($1)', [ids]);
  });
});

test('health says that the database answers', async () => {
  const answer = await ask('health', health);
  expect([answer.status, answer.body]).toEqual([
    200,
    { status: 'ok', service: 'orders', checks: { database: 'ok' } },
  ]);
});
