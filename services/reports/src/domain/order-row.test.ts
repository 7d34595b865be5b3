import { newId, timeOfId } from '#shared/ids.ts';
import { type OrderProgress, rowAfter } from './order-row.ts';

const anEvent = (type: OrderProgress['type'], sequence: number): OrderProgress =>
  ({
    id: newId(),
    type,
    version: 1,
    source: 'orders',
    time: '2026-11-21T10:00:01.000Z',
    aggregateId: 'o',
    sequence,
    correlationId: 'c',
    data: {
      orderId: '019353d0-0000-7000-8000-000000000001',
      userId: newId(),
      orderNumber: '2026-1',
      totalCents: 100,
      currency: 'EUR',
    },
  }) as unknown as OrderProgress;

describe('a row of the report', () => {
  test('has the day on which the order was placed, whatever the time of the event', () => {
    const row = rowAfter(anEvent('ORDER_COMPLETED', 4));
    expect(row.day).toBe(timeOfId(row.orderId).toISOString().slice(0, 10));
  });

  test.each([
    ['ORDER_CREATED', 'pending', false],
    ['ORDER_PAID', 'paid', true],
    ['ORDER_SHIPPED', 'shipped', true],
    ['ORDER_COMPLETED', 'completed', true],
    ['ORDER_CANCELLED', 'cancelled', false],
  ] as const)('is after %s %s', (type, status, paid) => {
    expect(rowAfter(anEvent(type, 1))).toMatchObject({ status, paid });
  });
});
