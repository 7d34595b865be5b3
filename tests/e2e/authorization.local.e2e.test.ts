import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { answerTo, type CallerKind, callers, scopesFor } from '../../build/docs/authorization.ts';
import type { Customer } from '../../client/new-customer.ts';
import { addProduct, ensureCategory, type Order, orderIn, placeOrder } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { accessToken } from '../../shared/auth/access-token.ts';
import { roles } from '../../shared/auth/permissions.ts';
import type { Route } from '../../shared/http/route.ts';
import { newCustomer } from './support/customer.ts';
import { everyRoute, pathWith } from './support/routes.ts';
import { admin, visitor } from './support/shop.ts';
import { tokenLike } from './support/signed-token.ts';

const guarded = (await everyRoute()).filter(({ access }) => access !== 'public');
/** Clients of one caller kind each; `invalid` ones by what is wrong with them. */
const clients = new Map<CallerKind, ShopClient>();
const invalid = new Map<string, ShopClient>();
let staff: ShopClient;
let order: Order;

/** A new account with a role, signed in since it has it. */
async function accountWith(role: (typeof roles)[number]): Promise<ShopClient> {
  const account = await newCustomer(`Test ${role}`);
  if (role === 'customer') return account;
  const path = `/api/v1/users/${account.userId}`;
  const { version } = await staff.call<{ version: number }>('GET', path);
  const headers = { 'if-match': `"${version}"` };
  await staff.call('PUT', `${path}/roles`, { body: { roles: ['customer', role] }, headers });
  return visitor().signIn(account.email, account.password);
}

const partsOf = (client: ShopClient) => String(client.token).split('.') as [string, string, string];
const claimsOf = (client: ShopClient) =>
  JSON.parse(Buffer.from(partsOf(client)[1], 'base64url').toString()) as Record<string, unknown>;
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A customer whose only session was revoked, before any of its requests was authorized. */
async function revoked(account: Customer): Promise<ShopClient> {
  const other = await visitor().signIn(account.email, account.password);
  await other.call('DELETE', '/api/v1/users/me/sessions');
  return account;
}

async function disabled(account: Customer): Promise<ShopClient> {
  await staff.call('PUT', `/api/v1/users/${account.userId}/disablement`);
  return account;
}

async function withInvalidTokens(valid: ShopClient): Promise<void> {
  const [head, , signature] = partsOf(valid);
  const claims = claimsOf(valid);
  const { privateKey } = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const tokens: Record<string, string> = {
    expired: await tokenLike(valid.token, { expiresInSeconds: -1 }),
    'tampered with': `${head}.${encoded({ ...claims, roles: ['admin'] })}.${signature}`,
    'with alg none': `${encoded({ alg: 'none' })}.${encoded(claims)}.`,
    'signed by another key': await tokenLike(valid.token, {
      expiresInSeconds: 60,
      privateKey: await exportJWK(privateKey),
    }),
  };
  for (const [what, token] of Object.entries(tokens)) invalid.set(what, visitor().with(token));
}

beforeAll(async () => {
  staff = await admin();
  await ensureCategory(staff, 'authorized', 'Authorized');
  const { productId } = await addProduct(staff, {
    name: 'Lamp',
    category: 'authorized',
    cents: 700,
    stock: 5,
  });
  const owner = await newCustomer('Olga Owner');
  clients.set('owner', owner);
  for (const role of roles) clients.set(role, await accountWith(role));
  order = await placeOrder(owner, [{ productId, quantity: 1 }]);
  await orderIn(owner, order.id, 'paid');
  await withInvalidTokens(clients.get('admin')!);
  invalid.set('of a revoked session', await revoked(await newCustomer('Rita Revoked')));
  invalid.set('of a disabled account', await disabled(await newCustomer('Dora Disabled')));
}, 60_000);

/** Nothing else than authorization may decide: the body is empty, and what staff name does not exist. */
async function call(client: ShopClient, route: Route): Promise<number> {
  const isCustomers = route.path.startsWith('/api/v1/orders/') || route.path.startsWith('/api/v1/payments/');
  const path = pathWith(route, isCustomers ? order.id : randomUUID());
  const { status } = await client.send(route.method, path, route.body === undefined ? {} : { body: {} });
  return status;
}

const keys = new Map<string, Promise<ShopClient>>();
/** A client with an API key, one for each set of scopes. */
function keyWith(scopes: readonly string[]): Promise<ShopClient> {
  const name = scopes.join(' ');
  const created =
    keys.get(name) ??
    staff
      .call<{ key: string }>('POST', '/api/v1/api-keys', { body: { name: 'matrix', permissions: scopes } })
      .then(({ key }) => visitor().with(key));
  keys.set(name, created);
  return created;
}

async function clientOf(caller: CallerKind, route: Route): Promise<ShopClient> {
  if (caller === 'anonymous') return visitor();
  const { access, othersAccess } = route;
  const scopes = access === 'public' ? [] : scopesFor(access, othersAccess);
  if (caller === 'other key' || (caller === 'key with scope' && scopes.length === 0))
    return keyWith([access === 'media:read' ? 'reports:read' : 'media:read']);
  if (caller === 'key with scope') return keyWith(scopes);
  const client = clients.get(caller);
  if (client === undefined) throw new Error(`no client for ${caller}`);
  return client;
}

describe.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  test('refuses every invalid token', async () => {
    expect(invalid.size).toBe(6);
    for (const [what, client] of invalid) expect([what, await call(client, route)]).toEqual([what, 401]);
  });

  test.each(callers.filter((caller) => caller !== 'invalid'))(
    'answers %s as docs/authorization.md says',
    async (caller) => {
      const answer = answerTo(route, caller);
      const status = await call(await clientOf(caller, route), route);
      if (typeof answer === 'number') expect([caller, status]).toEqual([caller, answer]);
      else expect([401, 403]).not.toContain(status);
    },
  );
});
