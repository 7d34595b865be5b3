import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  placeOrder,
  until,
} from '../../client/shop-actions.ts';
import { admin, setting, visitor } from './support/shop.ts';

type Live = {
  addresses: Record<string, string>;
  orders: { byStatus: Record<string, number>; rows: { id: string; status: string; lines: number }[] };
  events: { type: string; aggregateId: string; topic: string }[];
  mails: { total: number; rows: { id: string; subject: string; to: string[] }[] };
  functions: { name: string; invocations: number; errors: number; lastMs?: number }[];
  queues: { name: string; ready: number; inFlight: number; listeners: string[] }[];
  calls: { allowed: number; rows: { function: string; action: string; count: number; denied: number }[] };
};

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${setting('E2E_CONTROL_URL')}${path}`, { headers });
const live = async () => (await (await get('/live')).json()) as Live;

/** An order with a product of its own, and the customer who placed it. */
async function aPaidOrder(customerName: string): Promise<{ order: Order; email: string }> {
  const boss = await admin();
  const customer = await visitor().register(customerName);
  await ensureCategory(boss, 'kitchen', 'Kitchen');
  const { productId } = await addProduct(boss, {
    name: `Watched mug ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 990,
    stock: 5,
  });
  const order = await placeOrder(customer, [{ productId, quantity: 1 }]);
  await orderIn(customer, order.id, 'paid');
  return { order, email: customer.email };
}

describe('the live page', () => {
  test('comes with its styles and scripts, from nowhere else', async () => {
    const response = await get('/');
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await get(file)).status).toBe(200);
  });

  test('gives no other file', async () => {
    for (const path of ['/page/../page-file.js', '/page/..%2froutes.ts', '/page/missing.js', '/package.json'])
      expect((await get(path)).status).toBe(404);
  });

  test.each([
    ['GET', '/mails/%E0%A4%A', 400],
    ['GET', '/mails/%E0%A4%A/html', 400],
    ['POST', '/invoke/%E0%A4%A', 400],
    ['GET', '//', 404],
    ['GET', '//mails', 404],
  ])('answers %s %s, which names nothing, with %i', async (method, path, status) => {
    const answer = await fetch(`${setting('E2E_CONTROL_URL')}${path}`, { method });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ message: expect.any(String) });
  });

  test('shows nothing to the page of another site', async () => {
    expect((await get('/live', { origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  test('follows an order through events, functions, calls and mail', async () => {
    const { order, email } = await aPaidOrder('Watched <b>Customer');
    // Each part of the page is read on its own, and one that cannot be read at this moment is shown empty.
    const seen = await until(
      live,
      ({ mails, orders }) =>
        mails.rows.some(({ to, subject }) => to.includes(email) && subject.includes(order.number)) &&
        orders.rows.some(({ id }) => id === order.id),
    );
    expect(seen.orders.rows.find(({ id }) => id === order.id)).toMatchObject({ status: 'paid', lines: 1 });
    expect(seen.orders.byStatus['paid']).toBeGreaterThanOrEqual(1);
    const told = seen.events.filter(({ aggregateId }) => aggregateId === order.id).map(({ type }) => type);
    expect(told).toEqual(expect.arrayContaining(['ORDER_CREATED', 'ORDER_PAID']));
    const placing = seen.functions.find(({ name }) => name.endsWith('-place-order'));
    expect(placing?.invocations).toBeGreaterThanOrEqual(1);
    expect(placing?.lastMs).toBeGreaterThan(0);
    expect(seen.calls.rows.some(({ action, count }) => action === 'sns:Publish' && count > 0)).toBe(true);
    expect(seen.queues.every(({ ready, inFlight }) => ready >= 0 && inFlight >= 0)).toBe(true);
  });

  test('gives a mail as a document that can do nothing', async () => {
    const { email } = await aPaidOrder('Mallory <script>alert(1)</script> Example');
    const { mails } = await until(live, ({ mails }) => mails.rows.some(({ to }) => to.includes(email)));
    const { id } = mails.rows.find(({ to }) => to.includes(email))!;
    const mail = await get(`/mails/${id}/html`);
    expect(mail.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(await mail.text()).not.toContain('<script>');
    expect((await get(`/mails/${randomUUID()}/html`)).status).toBe(404);
  });
});
