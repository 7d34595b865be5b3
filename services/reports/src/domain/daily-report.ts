import { dayOf, type OrderRow, type OrderStatus } from './order-row.ts';

/** The sums of one day in one currency; `revenueCents` is the total of paid orders that were not cancelled. */
export type CurrencySums = { currency: string; orders: number; placedCents: number; revenueCents: number };

/** The report of a day; `orders` are sorted by the time they were placed. */
export type DailyReport = {
  date: string;
  builtAt: string;
  orders: OrderRow[];
  byStatus: Record<OrderStatus, number>;
  sums: CurrencySums[];
};

/** Builds the report of a day from its rows. */
export function dailyReport(date: string, rows: readonly OrderRow[], builtAt: Date): DailyReport {
  const orders = rows.toSorted(
    (a, b) => a.placedAt.localeCompare(b.placedAt) || a.orderId.localeCompare(b.orderId),
  );
  const byStatus: Record<OrderStatus, number> = {
    pending: 0,
    paid: 0,
    shipped: 0,
    completed: 0,
    cancelled: 0,
  };
  const sums = new Map<string, CurrencySums>();
  for (const { status, currency, totalCents, paid } of orders) {
    byStatus[status] += 1;
    const sum = sums.get(currency) ?? { currency, orders: 0, placedCents: 0, revenueCents: 0 };
    sum.orders += 1;
    sum.placedCents += totalCents;
    if (paid) sum.revenueCents += totalCents;
    sums.set(currency, sum);
  }
  return {
    date,
    builtAt: builtAt.toISOString(),
    orders,
    byStatus,
    sums: [...sums.values()].toSorted((a, b) => a.currency.localeCompare(b.currency)),
  };
}

const dayMs = 24 * 60 * 60 * 1000;

/** The UTC day before the scheduled time. */
export const reportedDay = (scheduledAt: Date): string => dayOf(new Date(scheduledAt.getTime() - dayMs));

/** The object key of a day's report: `reports/2026/11/2026-11-21.json`. */
export const reportKey = (date: string): string =>
  `reports/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.json`;
