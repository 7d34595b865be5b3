import { dynamo } from '#shared/dynamo/dynamo.ts';
import { newId } from '#shared/ids.ts';
import { tables } from '#shared/testing/engines.ts';
import type { OrderRow } from '../domain/order-row.ts';
import { orderRows } from './order-rows.ts';

const { metrics: table } = await tables('metrics');
const rows = orderRows(dynamo(), table);

const aRow = (day: string, over: Partial<OrderRow> = {}): OrderRow => ({
  orderId: newId(),
  day,
  orderNumber: '2026-000042',
  status: 'pending',
  totalCents: 250,
  currency: 'EUR',
  paid: false,
  placedAt: `${day}T10:00:00.000Z`,
  changedAt: `${day}T10:00:00.000Z`,
  sequence: 1,
  ...over,
});
const paid = (row: OrderRow): OrderRow => ({ ...row, status: 'paid', paid: true, sequence: 2 });

test('all rows of a batch are stored', async () => {
  const wanted = Array.from({ length: 120 }, () => aRow('2026-11-21'));
  await Promise.all(wanted.map(rows.store));
  expect(new Set((await rows.ofDay('2026-11-21')).map(({ orderId }) => orderId))).toEqual(
    new Set(wanted.map(({ orderId }) => orderId)),
  );
});

test.each([
  ['in one batch', true],
  ['one after the other', false],
])('the newest event of an order wins, in any order and twice, %s', async (_, atOnce) => {
  const day = atOnce ? '2026-11-22' : '2026-11-23';
  const [first, second] = [aRow(day), aRow(day)];
  const events = [first, paid(first), paid(second), second, paid(first), first];
  if (atOnce) await Promise.all(events.map(rows.store));
  else for (const event of events) await rows.store(event);
  const stored = await rows.ofDay(day);
  expect(stored.map(({ orderId, status }) => `${orderId} ${status}`).toSorted()).toEqual(
    [first, second].map(({ orderId }) => `${orderId} paid`).toSorted(),
  );
});

test('an old event in a batch changes nothing, the others are stored', async () => {
  const day = '2026-11-24';
  const known = aRow(day);
  await rows.store(paid(known));
  const others = Array.from({ length: 5 }, () => aRow(day));
  await Promise.all([known, ...others].map(rows.store));
  const stored = await rows.ofDay(day);
  expect(stored).toHaveLength(6);
  expect(stored.find(({ orderId }) => orderId === known.orderId)).toEqual(paid(known));
});
