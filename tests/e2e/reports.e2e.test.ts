import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  placeOrder,
  until,
} from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { newCustomer } from './support/customer.ts';
import { createDailyReport } from './support/invoke.ts';
import { admin } from './support/shop.ts';

type Report = {
  date: string;
  orders: { orderId: string; status: string; totalCents: number; paid: boolean }[];
  sums: { currency: string; orders: number; placedCents: number; revenueCents: number }[];
  documentUrl: string;
  truncated: boolean;
};
type Live = { date: string; created: number; completed: number; cancelled: number };

/** The UTC day on which an order was placed. */
const dayOf = ({ placedAt }: Order): string => placedAt.slice(0, 10);

let adminClient: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  adminClient = await admin();
  customer = await newCustomer('Report Reader');
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
});

describe('the daily report', () => {
  test('lists the orders of the day with their status, and is stored in S3', async () => {
    const before = await adminClient.call<Live>('GET', '/api/v1/analytics/live');
    const product = await addProduct(adminClient, {
      name: `Jar ${randomUUID().slice(0, 4)}`,
      category: 'kitchen',
      cents: 700,
      stock: 10,
    });
    const lines = [{ productId: product.productId, quantity: 1 }];
    const paid = await placeOrder(customer, lines);
    const declined = await placeOrder(customer, lines, 'pm_card_chargeDeclined');
    await Promise.all([orderIn(customer, paid.id, 'paid'), orderIn(customer, declined.id, 'cancelled')]);
    // The orders may be placed on two days, when midnight UTC is between them.
    const reportWith = (order: Order, status: string) =>
      until(
        async () => {
          await createDailyReport(dayOf(order));
          return adminClient.call<Report>('GET', `/api/v1/reports/${dayOf(order)}`);
        },
        ({ orders }) => orders.some((row) => row.orderId === order.id && row.status === status),
      );
    const declinedReport = await reportWith(declined, 'cancelled');
    expect(declinedReport.orders.find(({ orderId }) => orderId === declined.id)).toMatchObject({
      paid: false,
    });
    const report = await reportWith(paid, 'paid');
    expect(report.orders.find(({ orderId }) => orderId === paid.id)).toMatchObject({
      totalCents: 700,
      paid: true,
    });

    const response = await fetch(report.documentUrl);
    expect(response.status).toBe(200);
    const document = (await response.json()) as Report;
    expect(document.orders.length).toBeGreaterThanOrEqual(report.orders.length);
    const { items } = await adminClient.call<{ items: { date: string }[] }>('GET', '/api/v1/reports');
    expect(items.map((item) => item.date)).toContain(dayOf(paid));

    // Counters begin at zero at midnight UTC.
    await until(
      () => adminClient.call<Live>('GET', '/api/v1/analytics/live'),
      ({ date, created, cancelled }) =>
        date !== before.date || (created >= before.created + 2 && cancelled >= before.cancelled + 1),
    );
  }, 90_000);

  test('returns 404 for a day without a report', async () => {
    const response = await adminClient.send('GET', '/api/v1/reports/2001-01-01');
    expect([response.status, response.body['code']]).toEqual([404, 'REPORT_NOT_FOUND']);
  });
});
