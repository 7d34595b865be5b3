import { randomUUID } from 'node:crypto';
import { addProduct, ensureCategory, orderIn, placeOrder, until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { makeDailyReport } from './support/invoke.ts';
import { admin, visitor } from './support/shop.ts';

type Report = {
  date: string;
  orders: { orderId: string; status: string; totalCents: number; paid: boolean }[];
  sums: { currency: string; orders: number; placedCents: number; revenueCents: number }[];
  documentUrl: string;
  truncated: boolean;
};
type Live = { date: string; created: number; completed: number; cancelled: number };

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

let boss: ShopClient;
let customer: ShopClient;

beforeAll(async () => {
  boss = await admin();
  customer = await visitor().register('Report Reader');
  await ensureCategory(boss, 'kitchen', 'Kitchen');
});

describe('the daily report', () => {
  test('lists the orders of the day with what became of them, and lies in S3', async () => {
    const before = await boss.call<Live>('GET', '/api/v1/analytics/live');
    const product = await addProduct(boss, {
      name: `Jar ${randomUUID().slice(0, 4)}`,
      category: 'kitchen',
      cents: 700,
      stock: 10,
    });
    const lines = [{ productId: product.productId, quantity: 1 }];
    const paid = await placeOrder(customer, lines);
    const declined = await placeOrder(customer, lines, 'pm_card_chargeDeclined');
    await Promise.all([orderIn(customer, paid.id, 'paid'), orderIn(customer, declined.id, 'cancelled')]);
    const date = dayOf(new Date());

    const report = await until(
      async () => {
        await makeDailyReport(date);
        return boss.call<Report>('GET', `/api/v1/reports/${date}`);
      },
      ({ orders }) =>
        orders.some(({ orderId, status }) => orderId === paid.id && status === 'paid') &&
        orders.some(({ orderId, status }) => orderId === declined.id && status === 'cancelled'),
    );
    expect(report.orders.find(({ orderId }) => orderId === paid.id)).toMatchObject({
      totalCents: 700,
      paid: true,
    });
    expect(report.orders.find(({ orderId }) => orderId === declined.id)).toMatchObject({ paid: false });

    const response = await fetch(report.documentUrl);
    expect(response.status).toBe(200);
    const document = (await response.json()) as Report;
    expect(document.orders.length).toBeGreaterThanOrEqual(report.orders.length);
    const { items } = await boss.call<{ items: { date: string }[] }>('GET', '/api/v1/reports');
    expect(items.map((item) => item.date)).toContain(date);

    const live = await until(
      () => boss.call<Live>('GET', '/api/v1/analytics/live'),
      ({ created, cancelled }) => created >= before.created + 2 && cancelled >= before.cancelled + 1,
    );
    expect(live.date).toBe(date);
  }, 90_000);

  test('of a day without one is 404', async () => {
    const answer = await boss.send('GET', '/api/v1/reports/2001-01-01');
    expect([answer.status, answer.body['code']]).toEqual([404, 'REPORT_NOT_FOUND']);
  });
});
