import { randomUUID } from 'node:crypto';
import type { Customer } from '../../client/new-customer.ts';
import { addProduct, ensureCategory, type Order, orderIn, placeOrder } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { may, permissionsOf } from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';
import { newCustomer } from './support/customer.ts';
import { everyRoute, pathWith } from './support/routes.ts';
import { admin } from './support/shop.ts';

const customerRoutes = (await everyRoute()).filter(
  ({ access }) => access !== 'public' && may({ permissions: permissionsOf(['customer']) }, access),
);
const named = (some: Route[]) => some.map((route) => [`${route.method} ${route.path}`, route] as const);
// Purposes of consents are the same for everybody.
const ofOneResource = customerRoutes.filter(({ path }) => /\{(?!purpose\})/.test(path));
const lists = customerRoutes.filter(({ method, path }) => method === 'GET' && !path.includes('{'));

let owner: Customer;
let other: ShopClient & { userId: string };
let order: Order;
let exportId: string;
/** A session of the owner besides the one that calls. */
let sessionId: string;
/** An address of the owner for each route, since one of them removes it. */
const addressIds = new Map<string, string>();
const address = {
  name: 'Olga Owner',
  line1: 'Beispielstraße 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};

beforeAll(async () => {
  const staff = await admin();
  await ensureCategory(staff, 'owned', 'Owned');
  const { productId } = await addProduct(staff, { name: 'Owned', category: 'owned', cents: 700, stock: 5 });
  owner = await newCustomer('Olga Owner');
  other = await newCustomer('Otto Other');
  order = await placeOrder(owner, [{ productId, quantity: 1 }]);
  await orderIn(owner, order.id, 'paid');
  exportId = (await owner.call<{ id: string }>('POST', '/api/v1/users/me/export')).id;
  await owner.signIn(owner.email, owner.password);
  const sessions = await owner.call<{ items: { id: string }[] }>('GET', '/api/v1/users/me/sessions');
  sessionId = sessions.items[0]?.id ?? '';
  for (const { name } of ofOneResource.filter(({ path }) => path.includes('{addressId}')))
    addressIds.set(
      name,
      (await owner.call<{ id: string }>('POST', '/api/v1/users/me/addresses', { body: address })).id,
    );
});

/** The owner's id for each path parameter. @throws Error for a parameter without one, so that no route is left out */
const ownedIds: Record<string, (route: Route) => string> = {
  id: ({ name }) => (name === 'get-export' ? exportId : order.id),
  orderId: () => order.id,
  sessionId: () => sessionId,
  addressId: ({ name }) => addressIds.get(name) ?? '',
};
const ownedPath = (route: Route) =>
  pathWith(route, (name) => {
    const id = ownedIds[name];
    if (!id) throw new Error(`tests/e2e/owners.e2e.test.ts has no id for {${name}} of ${route.path}`);
    return id(route);
  });
const call = async (client: ShopClient, route: Route, path: string) => {
  const headers = {
    ...(route.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {}),
    ...(route.ifMatch ? { 'if-match': '*' } : {}),
  };
  return client.send<{ code?: string; status?: number; detail?: string }>(route.method, path, {
    headers,
    ...(route.name === 'change-address' ? { body: address } : {}),
  });
};

test.each(named(ofOneResource))('%s hides what belongs to another customer', async (_, route) => {
  const foreign = await call(other, route, ownedPath(route));
  const unknown = await call(other, route, pathWith(route, randomUUID()));
  expect([foreign.status, foreign.body.code]).toEqual([404, expect.any(String)]);
  expect([foreign.body.code, foreign.body.detail]).toEqual([unknown.body.code, unknown.body.detail]);
  expect(unknown.status).toBe(404);
  // The id is one that the route knows: its owner gets another response.
  expect((await call(owner, route, ownedPath(route))).status).not.toBe(404);
});

test.each(named(lists))('%s contains nothing of another customer', async (_, route) => {
  const { status, text } = await call(other, route, route.path);
  expect(status).toBe(200);
  for (const owned of [order.id, order.number, owner.userId, 'Olga Owner']) expect(text).not.toContain(owned);
});

test('every list that accepts a customer’s id refuses that of another', async () => {
  const filtered = lists.filter(({ query }) => query?.safeParse({ userId: owner.userId }).success);
  expect(filtered.length).toBeGreaterThan(0);
  for (const route of filtered)
    expect((await call(other, route, `${route.path}?userId=${owner.userId}`)).status).toBe(403);
});
