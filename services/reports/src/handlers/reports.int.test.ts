import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { OrderCancelled, OrderCreated, OrderPaid } from '#shared/events/orders.ts';
import { anEvent } from '#shared/testing/an-event.ts';
import { reportsService } from '../../testing/reports-service.ts';

const reports = await reportsService();

/** An order placed at a time: its id contains the time. */
const anOrder = (placedAt: string) => ({
  orderId: v7({ msecs: Date.parse(placedAt) }),
  userId: randomUUID(),
  orderNumber: '2026-000042',
  totalCents: 250,
  currency: 'EUR' as const,
});
type Order = ReturnType<typeof anOrder>;
const lines = [{ productId: randomUUID(), name: 'Lamp', quantity: 1, unitPriceCents: 250 }];
const created = (order: Order, time = new Date().toISOString()) =>
  anEvent(OrderCreated, { ...order, lines, paymentMethod: 'pm_card', paymentDeadline: time } as never, {
    time,
    sequence: 1,
  });
const paid = (order: Order) =>
  anEvent(OrderPaid, { ...order, paymentId: randomUUID(), lines }, { sequence: 2 });
const cancelled = (order: Order, time: string) =>
  anEvent(OrderCancelled, { ...order, reason: 'payment-failed', wasPaid: false }, { time, sequence: 2 });

describe('the daily report', () => {
  test('contains the orders placed from midnight to midnight UTC', async () => {
    const [before, first, last, after] = [
      anOrder('2026-11-20T23:59:59.999Z'),
      anOrder('2026-11-21T00:00:00.000Z'),
      anOrder('2026-11-21T23:59:59.999Z'),
      anOrder('2026-11-22T00:00:00.000Z'),
    ];
    expect(
      await reports.deliverProgress(...[before, first, last, after].map((order) => paid(order))),
    ).toEqual([]);
    await reports.build('2026-11-22T08:00:00.000Z');
    const { status, body } = await reports.get('2026-11-21');
    expect([status, body.orders.map(({ orderId }) => orderId)]).toEqual([200, [first.orderId, last.orderId]]);
  });

  test('is replaced by a repeated run', async () => {
    const order = anOrder('2026-11-25T12:00:00.000Z');
    await reports.deliverProgress(created(order));
    await reports.build('2026-11-26T08:00:00.000Z');
    await reports.deliverProgress(paid(order));
    await reports.build('2026-11-26T08:00:00.000Z');
    expect((await reports.get('2026-11-25')).body.orders).toMatchObject([{ status: 'paid' }]);
    expect((await reports.list()).body.items.filter(({ date }) => date === '2026-11-25')).toHaveLength(1);
  });

  test('that was never built returns 404', async () => {
    expect(await reports.get('2001-01-01')).toMatchObject({
      status: 404,
      body: { code: 'REPORT_NOT_FOUND' },
    });
  });
});

test('the list of reports is paged, newest first', async () => {
  for (const day of ['2027-05-02', '2027-05-03', '2027-05-04']) await reports.build(`${day}T08:00:00.000Z`);
  const first = (await reports.list({ query: { limit: '2' } })).body;
  expect(first.items.map(({ date }) => date)).toEqual(['2027-05-03', '2027-05-02']);
  const next = (await reports.list({ query: { limit: '1', cursor: first.nextCursor! } })).body;
  expect(next.items.map(({ date }) => date)).toEqual(['2027-05-01']);
});

test('a cursor of another list is refused', async () => {
  const cursor = Buffer.from('["products","2027-05-01"]').toString('base64url');
  expect(await reports.list({ query: { cursor } })).toMatchObject({
    status: 400,
    body: { code: 'INVALID_REQUEST' },
  });
});

test('a message that is not a known event fails alone', async () => {
  const order = anOrder('2026-11-28T12:00:00.000Z');
  expect(await reports.deliverProgress({ ...paid(order), type: 'UNKNOWN' } as never, paid(order))).toEqual([
    0,
  ]);
});

describe('live counters', () => {
  test('count an event on its own UTC day, once', async () => {
    const order = anOrder('2026-10-01T12:00:00.000Z');
    const late = created(order, '2026-10-01T23:59:59.999Z');
    for (const event of [late, late, cancelled(order, '2026-10-02T00:00:00.000Z')])
      await reports.notifyMilestone(event);
    expect(await reports.figuresOf('2026-10-01')).toEqual({
      created: 1,
      completed: 0,
      cancelled: 0,
      createdCents: { EUR: 250 },
    });
    expect(await reports.figuresOf('2026-10-02')).toMatchObject({ created: 0, cancelled: 1 });
  });

  test('fail on an unknown event, so that Lambda retries it', async () => {
    const event = { ...created(anOrder('2026-10-03T12:00:00.000Z')), version: 9 };
    await expect(reports.notifyMilestone(event)).rejects.toThrow('no reaction to ORDER_CREATED version 9');
  });
});
