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
import { permissionsOf } from '../../shared/auth/permissions.ts';
import { newCustomer } from './support/customer.ts';
import { invoke } from './support/invoke.ts';
import { everyRoute } from './support/routes.ts';
import { withSecondFactor } from './support/second-factor.ts';
import { admin } from './support/shop.ts';

type Entry = {
  number: number;
  service: string;
  target: { kind: string; id: string };
  actor?: { kind: string; id: string };
  clientAddress?: string;
};

let staff: ShopClient;
let staffId: string;
beforeAll(async () => {
  staff = await admin();
  staffId = (await staff.call<{ id: string }>('GET', '/api/v1/users/me')).id;
  await ensureCategory(staff, 'audited', 'Audited');
});

const aProduct = () =>
  addProduct(staff, { name: `Lamp ${randomUUID().slice(0, 4)}`, category: 'audited', cents: 1500, stock: 9 });
const aPaidOrder = async (): Promise<Order> => {
  const { productId } = await aProduct();
  const { id } = await placeOrder(staff, [{ productId, quantity: 1 }]);
  return orderIn(staff, id, 'paid');
};
const post = (path: string, body: unknown = {}) =>
  staff.call<Order>('POST', path, { body, key: randomUUID() });
const aShippedOrder = async (): Promise<Order> => {
  const { id } = await aPaidOrder();
  await post(`/api/v1/orders/${id}/shipment`, { carrier: 'Post', trackingNumber: 'XY123' });
  return orderIn(staff, id, 'shipped');
};

const aCustomer = async (): Promise<string> => (await newCustomer()).userId;
const anInvitation = async (): Promise<string> => {
  const body = { email: `${randomUUID()}@example.com`, roles: ['support'] };
  return (await staff.call<{ id: string }>('POST', '/api/v1/users/invitations', { body })).id;
};
const onAccount = async (method: string, id: string, path: string, body?: unknown): Promise<string> => {
  const headers = { 'if-match': '"1"' };
  await staff.call(method, `/api/v1/users/${id}/${path}`, { body, headers });
  return id;
};

const aKey = async (): Promise<string> => {
  const body = { name: 'Warehouse', permissions: ['inventory:write'] };
  return (await staff.call<{ id: string }>('POST', '/api/v1/api-keys', { body })).id;
};

/** What each route of staff is called with, and the id of what it changes. */
const actions: Record<string, () => Promise<string>> = {
  'create-api-key': aKey,
  'revoke-api-key': async () => {
    const keyId = await aKey();
    await staff.send('DELETE', `/api/v1/api-keys/${keyId}`);
    return keyId;
  },
  'create-category': async () => {
    const categoryId = `shelf-${randomUUID().slice(0, 8)}`;
    await ensureCategory(staff, categoryId, 'Shelf');
    return categoryId;
  },
  'create-product': async () => (await aProduct()).productId,
  'change-product': async () => {
    const { productId, name, category, version } = await aProduct();
    const body = { name, category, description: 'Bright.', price: { amountCents: 1600, currency: 'EUR' } };
    await staff.call('PUT', `/api/v1/products/${productId}`, {
      body,
      headers: { 'if-match': `"${version}"` },
    });
    return productId;
  },
  'retire-product': async () => {
    const { productId, version } = await aProduct();
    await staff.send('DELETE', `/api/v1/products/${productId}`, { headers: { 'if-match': `"${version}"` } });
    return productId;
  },
  // addProduct sets its stock.
  'set-inventory': async () => (await aProduct()).productId,
  'create-upload': async () => {
    const { productId } = await aProduct();
    const body = { productId, contentType: 'image/png', bytes: 100, altText: 'A lamp' };
    return (await staff.call<{ mediaId: string }>('POST', '/api/v1/media/uploads', { body })).mediaId;
  },
  'erase-user': async () => {
    const customer = await newCustomer('Erased By Staff');
    const { id } = await customer.call<{ id: string }>('GET', '/api/v1/users/me');
    await staff.send('DELETE', `/api/v1/users/${id}`);
    return id;
  },
  'ship-order': async () => (await aShippedOrder()).id,
  'complete-order': async () => {
    const { id } = await aShippedOrder();
    await post(`/api/v1/orders/${id}/completion`);
    return id;
  },
  'change-roles': async () => onAccount('PUT', await aCustomer(), 'roles', { roles: ['support'] }),
  'disable-user': async () => onAccount('PUT', await aCustomer(), 'disablement'),
  'enable-user': async () =>
    onAccount('DELETE', await onAccount('PUT', await aCustomer(), 'disablement'), 'disablement'),
  'invite-staff': anInvitation,
  'withdraw-invitation': async () => {
    const id = await anInvitation();
    await staff.send('DELETE', `/api/v1/users/invitations/${id}`);
    return id;
  },
  'send-password-reset': async () => onAccount('POST', await aCustomer(), 'password-reset'),
  'revoke-user-sessions': async () => onAccount('DELETE', await aCustomer(), 'sessions'),
  'reset-second-factor': async () => {
    const customer = await newCustomer();
    await withSecondFactor(customer);
    return onAccount('DELETE', customer.userId, 'second-factor');
  },
};

const customers = permissionsOf(['customer']);
const staffRoutes = (await everyRoute()).filter(
  ({ method, access }) => method !== 'GET' && access !== 'public' && !customers.has(access),
);

describe('what staff changes is in the audit log', () => {
  test.each(staffRoutes.map((route) => [route.name, route]))('%s', async (name) => {
    const action = actions[name];
    if (action === undefined) throw new Error(`say above how a test calls ${name}`);
    const targetId = await action();
    const { items } = await until(
      () => staff.call<{ items: Entry[] }>('GET', `/api/v1/audit?action=${name}&targetId=${targetId}`),
      (page) => page.items.length > 0,
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ target: { id: targetId }, actor: { kind: 'staff', id: staffId } });
    expect(items[0]?.clientAddress).toMatch(/^[0-9a-f.:]+$/);
  });
});

test('the chain of the audit log is intact', async () => {
  expect(await invoke('users', 'verify-audit', { limit: 5_000 })).toMatchObject({
    ok: true,
    response: { done: true, head: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  });
});
