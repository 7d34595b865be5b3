import { randomUUID } from 'node:crypto';
import {
  addProduct,
  ensureCategory,
  type Order,
  orderIn,
  placeOrder,
  until,
} from '../../client/shop-actions.ts';
import { ControlClient } from '../../platform/control/control-client.ts';
import { withSecret } from '../../platform/local-access/local-access.ts';
import { access } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { admin, setting } from './support/shop.ts';

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${setting('E2E_CONTROL_URL')}${path}`, {
    headers: { ...withSecret(setting('E2E_CONTROL_SECRET')), ...headers },
  });
const state = () => new ControlClient(access()).send('GET /state');
type OrderRows = { rows: { id: string; status: string; pieces: number }[] };

/** An order with a product of its own, and the customer who placed it. */
async function aPaidOrder(customerName: string): Promise<{ order: Order; email: string }> {
  const adminClient = await admin();
  const customer = await newCustomer(customerName);
  await ensureCategory(adminClient, 'kitchen', 'Kitchen');
  const { productId } = await addProduct(adminClient, {
    name: `Watched mug ${randomUUID().slice(0, 4)}`,
    category: 'kitchen',
    cents: 990,
    stock: 5,
  });
  const order = await placeOrder(customer, [{ productId, quantity: 1 }]);
  await orderIn(customer, order.id, 'paid');
  return { order, email: customer.email };
}

describe('the console', () => {
  test('loads its styles and scripts from its own origin only', async () => {
    const response = await get('/');
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await get(file)).status).toBe(200);
  });

  test('serves no other file', async () => {
    for (const path of ['/page/../page-file.js', '/page/..%2froutes.ts', '/page/missing.js', '/package.json'])
      expect((await get(path)).status).toBe(404);
  });

  test.each([
    ['GET', '/mails/%E0%A4%A', 400],
    ['GET', '/mails/%E0%A4%A/html', 400],
    ['POST', '/invoke/%E0%A4%A', 400],
    ['GET', '//', 404],
    ['GET', '//mails', 404],
  ])('refuses %s %s with %i and a message', async (method, path, status) => {
    const headers = withSecret(setting('E2E_CONTROL_SECRET'));
    const response = await fetch(`${setting('E2E_CONTROL_URL')}${path}`, { method, headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message: expect.any(String) });
  });

  test('refuses a request from the page of another site', async () => {
    expect((await get('/state', { origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  test('shows an order, its events, functions, calls and mail', async () => {
    const { order, email } = await aPaidOrder('Watched <b>Customer');
    const seen = await until(state, ({ mails }) =>
      mails.rows.some(({ to, subject }) => to.includes(email) && subject.includes(order.number)),
    );
    const events = seen.events.filter(({ aggregateId }) => aggregateId === order.id).map(({ type }) => type);
    expect(events).toEqual(expect.arrayContaining(['ORDER_CREATED', 'ORDER_PAID']));
    const placing = seen.functions.find(({ name }) => name.endsWith('-place-order'));
    expect(placing?.invocations).toBeGreaterThanOrEqual(1);
    expect(placing?.lastMs).toBeGreaterThan(0);
    expect(seen.calls.rows.some(({ action, count }) => action === 'sns:Publish' && count > 0)).toBe(true);
    expect(seen.queues.every(({ ready, inFlight }) => ready >= 0 && inFlight >= 0)).toBe(true);
  });

  test('shows an order that it reads through the API', async () => {
    const { order } = await aPaidOrder('Listed Customer');
    const orders = async () => (await (await get('/orders')).json()) as OrderRows;
    const { rows } = await until(orders, ({ rows }) => rows.some(({ id }) => id === order.id));
    expect(rows.find(({ id }) => id === order.id)).toMatchObject({ status: 'paid', pieces: 1 });
  });

  test('returns a mail as a document without any rights', async () => {
    const { email } = await aPaidOrder('Mallory <script>alert(1)</script> Example');
    const { mails } = await until(state, ({ mails }) => mails.rows.some(({ to }) => to.includes(email)));
    const { id } = mails.rows.find(({ to }) => to.includes(email))!;
    const mail = await get(`/mails/${id}/html`);
    expect(mail.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(await mail.text()).not.toContain('<script>');
    expect((await get(`/mails/${randomUUID()}/html`)).status).toBe(404);
  });
});
