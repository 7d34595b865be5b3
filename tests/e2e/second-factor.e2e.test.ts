import { newCustomer } from './support/customer.ts';
import { withSecondFactor } from './support/second-factor.ts';
import { admin, visitor } from './support/shop.ts';

const path = '/api/v1/users/me/second-factor';

test('a second factor is set up, required to sign in, replaced by recovery codes, and removed', async () => {
  const customer = await newCustomer();
  const { email, password: currentPassword } = customer;
  const signIn = (code?: string) =>
    visitor().send<{ code?: string; accessToken: string }>('POST', '/api/v1/auth/login', {
      body: { email, password: currentPassword, ...(code === undefined ? {} : { code }) },
    });
  const { code, recoveryCodes } = await withSecondFactor(customer);
  expect(await customer.call('GET', path)).toMatchObject({ state: 'active', recoveryCodes: 10 });
  expect(await signIn()).toMatchObject({ status: 401, body: { code: 'SECOND_FACTOR_REQUIRED' } });
  const [first, second] = recoveryCodes as [string, string];
  expect((await signIn(first)).status).toBe(200);
  expect(await signIn(first)).toMatchObject({ status: 403, body: { code: 'WRONG_CODE' } });
  expect((await signIn(code())).status).toBe(200);
  const removal = { body: { currentPassword, code: second } };
  expect((await customer.send('POST', `${path}/removal`, removal)).status).toBe(204);
  expect((await signIn()).status).toBe(200);
});

test('a second factor is removed with a code of the device', async () => {
  const customer = await newCustomer();
  const { code } = await withSecondFactor(customer);
  const removal = { body: { currentPassword: customer.password, code: code() } };
  expect((await customer.send('POST', `${path}/removal`, removal)).status).toBe(204);
});

test('support finds an account, an administrator disables it, and its access token stops working', async () => {
  const staff = await admin();
  const customer = await newCustomer();
  const { items } = await staff.call<{ items: { id: string }[] }>(
    'GET',
    `/api/v1/users?email=${encodeURIComponent(customer.email)}`,
  );
  expect(items.map(({ id }) => id)).toEqual([customer.userId]);
  expect(await staff.call('GET', `/api/v1/users/${customer.userId}`)).toMatchObject({ state: 'active' });
  await staff.call('PUT', `/api/v1/users/${customer.userId}/disablement`);
  await expect(customer.signIn(customer.email, customer.password)).rejects.toThrow('INVALID_CREDENTIALS');
});
