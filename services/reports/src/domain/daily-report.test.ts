import { dailyReport, reportedDay, reportKey } from './daily-report.ts';
import type { OrderRow } from './order-row.ts';

const aRow = (changes: Partial<OrderRow> = {}): OrderRow => ({
  orderId: '019353d0-0000-7000-8000-000000000001',
  day: '2026-11-21',
  orderNumber: '2026-000001',
  status: 'paid',
  totalCents: 4200,
  currency: 'EUR',
  paid: true,
  placedAt: '2026-11-21T10:00:00.000Z',
  changedAt: '2026-11-21T10:00:01.000Z',
  sequence: 2,
  ...changes,
});

describe('the daily report', () => {
  const builtAt = new Date('2026-11-22T08:00:00Z');

  test('counts only paid orders as revenue', () => {
    const report = dailyReport(
      '2026-11-21',
      [
        aRow(),
        aRow({ status: 'pending', paid: false }),
        aRow({ status: 'cancelled', paid: false, totalCents: 100 }),
      ],
      builtAt,
    );
    expect(report.sums).toEqual([{ currency: 'EUR', orders: 3, placedCents: 8500, revenueCents: 4200 }]);
    expect(report.byStatus).toMatchObject({ paid: 1, pending: 1, cancelled: 1, shipped: 0 });
  });

  test('sums each currency separately', () => {
    const report = dailyReport('2026-11-21', [aRow(), aRow({ currency: 'CHF', totalCents: 1 })], builtAt);
    expect(report.sums.map(({ currency, revenueCents }) => [currency, revenueCents])).toEqual([
      ['CHF', 1],
      ['EUR', 4200],
    ]);
  });

  test('lists orders in the order in which they were placed', () => {
    const late = aRow({ orderNumber: 'late', placedAt: '2026-11-21T11:00:00.000Z' });
    const early = aRow({ orderNumber: 'early', placedAt: '2026-11-21T09:00:00.000Z' });
    expect(dailyReport('2026-11-21', [late, early], builtAt).orders.map((row) => row.orderNumber)).toEqual([
      'early',
      'late',
    ]);
  });

  test('of a day without orders is empty, not missing', () => {
    expect(dailyReport('2026-11-21', [], builtAt)).toMatchObject({ orders: [], sums: [] });
  });

  test.each([
    ['2026-11-22T08:00:00.000Z', '2026-11-21'],
    ['2026-11-22T00:00:00.000Z', '2026-11-21'],
    ['2026-11-22T23:59:59.999Z', '2026-11-21'],
    ['2026-12-01T08:00:00.000Z', '2026-11-30'],
    ['2027-01-01T00:00:00.000Z', '2026-12-31'],
    ['2028-03-01T08:00:00.000Z', '2028-02-29'],
  ])('scheduled at %s covers %s, the UTC day before', (scheduledAt, day) => {
    expect(reportedDay(new Date(scheduledAt))).toBe(day);
  });

  test('has a key by year and month', () => {
    expect(reportKey('2026-11-30')).toBe('reports/2026/11/2026-11-30.json');
  });
});
