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
import { admin, visitor } from './support/shop.ts';

type Export = { id: string; status: string; missing: string[]; link?: { url: string } };
type Page = { items: { id: string }[] };

let staff: ShopClient;
let productId: string;
beforeAll(async () => {
  staff = await admin();
  await ensureCategory(staff, 'private', 'Private');
  ({ productId } = await addProduct(staff, { name: 'Diary', category: 'private', cents: 900, stock: 9 }));
});

async function aCustomerWithAnOrder(name: string) {
  const customer = await newCustomer(name);
  const { id } = await placeOrder(customer, [{ productId, quantity: 1 }]);
  const order = await orderIn(customer, id, 'paid');
  await until(
    () => customer.call<Page>('GET', '/api/v1/notifications'),
    ({ items }) => items.length === 2,
  );
  return { customer, order };
}

test('a customer downloads everything that the services store about it', async () => {
  const { customer, order } = await aCustomerWithAnOrder('Data Owner');
  await customer.call('PUT', '/api/v1/users/me/consents/newsletter', {
    body: { granted: true, wording: '2026-11' },
  });
  const { id } = await customer.call<Export>('POST', '/api/v1/users/me/export');
  const { missing, link } = await until(
    () => customer.call<Export>('GET', `/api/v1/users/me/export/${id}`),
    ({ status }) => status === 'complete',
    90_000,
  );
  expect(missing).toEqual([]);
  // The link needs no token.
  const document = await (await fetch(link?.url ?? '')).json();
  expect(document).toMatchObject({
    users: {
      account: { email: customer.email, name: 'Data Owner' },
      consents: [{ purpose: 'newsletter', granted: true, wording: '2026-11' }],
    },
    orders: { orders: [{ id: order.id, totalCents: 900 }] },
    payments: { payments: [{ orderId: order.id, status: 'captured' }] },
    notifications: { contact: { email: customer.email }, messages: [{}, {}] },
    products: { note: expect.any(String) },
    media: { note: expect.any(String) },
    reports: { note: expect.any(String) },
  });
}, 120_000);

test('an erased customer can no longer sign in, and its orders are anonymous', async () => {
  const { customer, order } = await aCustomerWithAnOrder('Erased Customer');
  const { retained } = await customer.call<{ retained: { document: string }[] }>(
    'DELETE',
    '/api/v1/users/me',
    {
      body: { currentPassword: customer.password },
    },
  );
  expect(retained.map(({ document }) => document)).toContain('orders');
  await expect(visitor().signIn(customer.email, customer.password)).rejects.toThrow('401');
  const erased = await until(
    () => staff.call<Order & { shippingAddress: { name: string } }>('GET', `/api/v1/orders/${order.id}`),
    ({ status, shippingAddress }) => status === 'cancelled' && shippingAddress.name === 'erased',
  );
  expect(erased).toMatchObject({ id: order.id, totalCents: 900 });
  await until(
    () => staff.call<{ status: string }>('GET', `/api/v1/payments/${order.id}`),
    ({ status }) => status === 'refunded',
  );
});
