import { randomUUID } from 'node:crypto';
import { until } from '../../client/shop-actions.ts';
import type { ShopClient } from '../../client/shop-client.ts';
import { control } from './support/control.ts';
import { newCustomer } from './support/customer.ts';
import { admin, visitor } from './support/shop.ts';

type Tokens = { accessToken: string; refreshToken: string };

const post = (path: string, body: object, client: ShopClient = visitor()) =>
  client.send<Tokens>('POST', `/api/v1/${path}`, { body });
const anAddress = () => `${randomUUID()}@example.com`;

/** The mails to an address in the mailbox, oldest first. */
const mailsTo = async (email: string) => (await control.mails()).filter(({ to }) => to.includes(email));

/** The newest mail to an address with this subject, once it has arrived, and the code in it. */
async function mailedCode(email: string, subject: string): Promise<string> {
  const find = async () => (await mailsTo(email)).findLast((mail) => mail.subject === subject);
  const { text = '' } = (await until(find, (found) => found !== undefined)) ?? {};
  const [, token = ''] = /#token=(\S+)/.exec(text) ?? [];
  expect(text).toContain(`Code: ${token}`);
  return token;
}

describe('somebody registers', () => {
  test('with an address of their own: by the link in the mail they are signed in', async () => {
    const [email, password] = [anAddress(), `pass ${randomUUID()}`];
    expect((await post('auth/register', { email, password, name: 'New Customer' })).status).toBe(202);
    expect((await post('auth/login', { email, password })).status).toBe(401);
    const token = await mailedCode(email, 'Confirm your e-mail address');
    const { status, body } = await post('auth/verify-email', { token, password });
    expect(status).toBe(200);
    const me = await visitor().send('GET', '/api/v1/users/me', { token: body.accessToken });
    expect(me.body).toMatchObject({ email, name: 'New Customer', roles: ['customer'] });
    await until(
      () => mailsTo(email),
      (mails) => mails.length === 2,
    );
    expect((await mailsTo(email)).map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail address',
      'Welcome',
    ]);
  });

  test('with an address that has an account: its owner is told, the response is the same', async () => {
    const { email } = await newCustomer('Known Owner');
    const name = 'Visit us';
    const response = await post('auth/register', { email, password: `pass ${randomUUID()}`, name });
    expect([response.status, response.body]).toEqual([202, { status: 'accepted' }]);
    const told = await until(
      async () => (await mailsTo(email)).find(({ subject }) => subject === 'You already have an account'),
      (mail) => mail !== undefined,
    );
    expect(told!.text).not.toContain(name);
  });
});

test('the link of a registration is sent again, and only the newest is valid', async () => {
  const [email, password] = [anAddress(), `pass ${randomUUID()}`];
  await post('auth/register', { email, password, name: 'Patient Customer' });
  const first = await mailedCode(email, 'Confirm your e-mail address');
  expect((await post('auth/verify-email/resend', { email })).status).toBe(202);
  const mails = await until(
    () => mailsTo(email),
    (found) => found.length === 2,
  );
  const [, second = ''] = /#token=(\S+)/.exec(mails.at(-1)?.text ?? '') ?? [];
  expect((await post('auth/verify-email', { token: first, password })).status).not.toBe(200);
  expect((await post('auth/verify-email', { token: second, password })).status).toBe(200);
});

test('a forgotten password is replaced by the link in a mail, and its owner is told', async () => {
  const { email, password } = await newCustomer('Forgetful Owner');
  expect((await post('auth/password-reset', { email })).status).toBe(202);
  const token = await mailedCode(email, 'Choose a new password');
  const newPassword = `pass ${randomUUID()}`;
  expect((await post('auth/password-reset/confirm', { token, newPassword })).status).toBe(204);
  expect((await post('auth/login', { email, password })).status).toBe(401);
  await visitor().signIn(email, newPassword);
  await until(
    () => mailsTo(email),
    (mails) => mails.some(({ subject }) => subject === 'Your password was changed'),
  );
});

test('an account moves to another address when that confirms it, and the old one is told', async () => {
  const customer = await newCustomer('Moving Owner');
  const email = anAddress();
  const request = { email, currentPassword: customer.password };
  expect((await post('users/me/email', request, customer)).status).toBe(202);
  const token = await mailedCode(email, 'Confirm your new e-mail address');
  expect(await customer.call('GET', '/api/v1/users/me')).toMatchObject({ email: customer.email });
  const moved = await post('users/me/email/confirm', { token }, customer);
  expect([moved.status, moved.body]).toEqual([200, expect.objectContaining({ email })]);
  await visitor().signIn(email, customer.password);
  await until(
    () => mailsTo(customer.email),
    (mails) => mails.some(({ subject }) => subject === 'Your e-mail address was changed'),
  );
});

test('an employee accepts an invitation by the link in the mail, and has its roles', async () => {
  const email = anAddress();
  await (await admin()).call('POST', '/api/v1/users/invitations', { body: { email, roles: ['support'] } });
  const token = await mailedCode(email, 'You are invited to work for the shop');
  const acceptance = { token, password: `pass ${randomUUID()}`, name: 'New Employee' };
  const { status, body } = await post('auth/accept-invitation', acceptance);
  expect(status).toBe(200);
  const me = await visitor().send('GET', '/api/v1/users/me', { token: body.accessToken });
  expect(me.body).toMatchObject({ email, roles: expect.arrayContaining(['support']) });
  expect((await post('auth/accept-invitation', acceptance)).status).not.toBe(200);
});
