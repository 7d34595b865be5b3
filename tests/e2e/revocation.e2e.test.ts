import { keyPermissions } from '../../shared/auth/permissions.ts';
import { newCustomer } from './support/customer.ts';
import { anId, everyRoute, pathWith } from './support/routes.ts';
import { admin, visitor } from './support/shop.ts';

/** The longest time until the end of a credential takes effect: what API Gateway caches of the authorizer. */
const cachedMs = 60_000;

type Sessions = { items: { id: string; current: boolean }[] };
const guarded = (await everyRoute()).filter(({ access }) => access !== 'public');
const reading = guarded.filter(({ method }) => method === 'GET');

/** Credentials that end, and how. */
const credentials = {
  'the access token of a session that was revoked': async () => {
    const customer = await newCustomer('Session Ender');
    const { items } = await customer.call<Sessions>('GET', '/api/v1/users/me/sessions');
    const current = items.find((session) => session.current);
    const end = () => customer.call('DELETE', `/api/v1/users/me/sessions/${current?.id}`);
    return { token: customer.token ?? '', end };
  },
  'the access token of an account that was disabled': async () => {
    const customer = await newCustomer('Disabled Person');
    const { id } = await customer.call<{ id: string }>('GET', '/api/v1/users/me');
    const end = async () => (await admin()).call('PUT', `/api/v1/users/${id}/disablement`);
    return { token: customer.token ?? '', end };
  },
  'an API key that was revoked': async () => {
    const staff = await admin();
    const body = { name: 'Revocation test', permissions: keyPermissions };
    const { id, key } = await staff.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', { body });
    return { token: key, end: () => staff.call('DELETE', `/api/v1/api-keys/${id}`) };
  },
};

const names = Object.keys(credentials) as (keyof typeof credentials)[];
const tokens = new Map<string, string>();
const statusOf = async (route: (typeof guarded)[number], token: string) => {
  const body = route.body === undefined ? {} : { body: {} };
  const { status } = await visitor().send(route.method, pathWith(route, anId), { token, ...body });
  return [`${route.method} ${route.path}`, status];
};

beforeAll(async () => {
  for (const name of names) {
    const { token, end } = await credentials[name]();
    tokens.set(name, token);
    // Now every API has the authorizer's result in its cache.
    for (const route of reading) expect(await statusOf(route, token)).not.toContain(401);
    await end();
  }
  await new Promise((resolve) => setTimeout(resolve, cachedMs + 500));
}, 180_000);

test.each(names)(
  '%s is refused by every route after a minute',
  async (name) => {
    for (const route of guarded)
      expect(await statusOf(route, tokens.get(name) ?? '')).toEqual([`${route.method} ${route.path}`, 401]);
  },
  60_000,
);
