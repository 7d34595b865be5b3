import { randomUUID } from 'node:crypto';
import { until } from '../../client/shop-actions.ts';
import { graceMs } from '../../services/users/src/domain/session.ts';
import { newCustomer } from './support/customer.ts';
import { invoke } from './support/invoke.ts';
import { admin, visitor } from './support/shop.ts';

type Account = { id: string; email: string; name: string; locale: string };
type Notifications = { items: { template: string; status: string }[] };
type Tokens = { accessToken: string; refreshToken: string };

describe('an account', () => {
  test('is updated at its version', async () => {
    const customer = await newCustomer('Account Owner');
    const before = await customer.send<Account>('GET', '/api/v1/users/me');
    const { locale } = before.body;
    const changed = await customer.send<Account>('PUT', '/api/v1/users/me', {
      body: { locale, name: 'Another Name' },
      headers: { 'if-match': before.headers.get('etag') ?? '' },
    });
    expect([changed.status, changed.body.name]).toEqual([200, 'Another Name']);
    expect((await customer.call<Account>('GET', '/api/v1/users/me')).name).toBe('Another Name');
  });

  test('gets one welcome mail, which its notifications list', async () => {
    const customer = await newCustomer('Newcomer');
    const list = () => customer.call<Notifications>('GET', '/api/v1/notifications');
    await until(list, ({ items }) => items.some(({ status }) => status === 'sent'));
    expect((await list()).items.map(({ template }) => template)).toEqual(['welcome']);
  });
});

test('a password is changed with the current one, and ends the other sessions', async () => {
  const customer = await newCustomer('Password Changer');
  const body = { currentPassword: customer.password, newPassword: `pass ${randomUUID()}` };
  expect((await customer.send('PUT', '/api/v1/users/me/password', { body })).status).toBeLessThan(300);
  await expect(visitor().signIn(customer.email, customer.password)).rejects.toThrow('INVALID_CREDENTIALS');
  await visitor().signIn(customer.email, body.newPassword);
});

describe('a session', () => {
  test('ends when a refresh token is used again after its grace period, which the audit log has', async () => {
    const { email, password, userId } = await newCustomer('Token Copier');
    const refresh = (refreshToken: string) =>
      visitor().send<Tokens>('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    const { refreshToken } = (
      await visitor().send<Tokens>('POST', '/api/v1/auth/login', { body: { email, password } })
    ).body;
    const { body } = await refresh(refreshToken);
    await new Promise((resolve) => setTimeout(resolve, graceMs + 500));
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(body.refreshToken)).status).toBe(401);
    const staff = await admin();
    await until(
      () =>
        staff.call<{ items: object[] }>(
          'GET',
          `/api/v1/audit?action=refresh-token-reused&targetId=${userId}`,
        ),
      ({ items }) => items.length === 1,
    );
  }, 30_000);

  test('is continued by its refresh token and ended by signing out', async () => {
    const { email, password } = await newCustomer('Session Keeper');
    const post = (path: string, body: object) =>
      visitor().send<Tokens>('POST', `/api/v1/auth/${path}`, { body });
    const first = (await post('login', { email, password })).body;
    const second = await post('refresh', { refreshToken: first.refreshToken });
    expect(second.status).toBe(200);
    const me = await visitor().send('GET', '/api/v1/users/me', { token: second.body.accessToken });
    expect([me.status, me.body['email']]).toEqual([200, email]);
    const { refreshToken } = second.body;
    expect((await post('logout', { refreshToken })).status).toBe(204);
    expect((await post('refresh', { refreshToken })).status).toBe(401);
  });

  test('stays valid after a new signing key was created', async () => {
    const customer = await newCustomer('Key Holder');
    const keys = () => visitor().call<{ keys: { kid: string }[] }>('GET', '/api/v1/auth/jwks');
    const before = (await keys()).keys;
    await invoke('users', 'rotate-signing-keys', { onlyIfMissing: true });
    await invoke('users', 'rotate-signing-keys', {});
    expect((await customer.send('GET', '/api/v1/users/me')).status).toBe(200);
    const { email, password } = customer;
    const afresh = await visitor().signIn(email, password);
    expect((await afresh.send('GET', '/api/v1/users/me')).status).toBe(200);
    expect(before.length).toBeGreaterThan(0);
  });
});

test.each(['users', 'notifications', 'orders', 'payments', 'reports'])(
  'the service %s reports ok',
  async (service) => {
    expect(await visitor().call('GET', `/api/v1/${service}/health`)).toMatchObject({ status: 'ok', service });
  },
);

test('the API serves its OpenAPI document', async () => {
  const document = await visitor().call('GET', '/api/v1/openapi.json');
  expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/users/me': expect.anything() } });
});
