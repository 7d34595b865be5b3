import { randomUUID } from 'node:crypto';
import { furtherCalls } from '../../testing/calls.ts';
import { type Account, aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { getMe, updateMe } = await furtherCalls();

async function anAccount() {
  const body = aRegistration();
  const account = (await users.register({ body })).body;
  return { account, caller: { userId: account.id }, password: body.password };
}

const contactOf = ({ email, name, locale }: Account) => ({ email, name, locale });

const eventsOf = async (id: string) =>
  (await users.announced(id)).filter(({ type }) => type === 'CONTACT_UPDATED');

describe('one’s own account', () => {
  test('is shown with its version', async () => {
    const { account, caller } = await anAccount();
    const response = await getMe({ caller });
    expect(response).toMatchObject({ status: 200, body: account, headers: { etag: '"1"' } });
  });

  test('is not shown to a visitor', async () => {
    const response = await getMe({});
    expect([response.status, response.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('is refused for a token that expired while API Gateway cached its authorization', async () => {
    const { caller } = await anAccount();
    const response = await getMe({ caller: { ...caller, expiresAt: Math.floor(Date.now() / 1000) - 1 } });
    expect([response.status, response.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('is not shown to a caller without the permission', async () => {
    const { caller } = await anAccount();
    const response = await getMe({ caller: { ...caller, roles: [] } });
    expect([response.status, response.body.code]).toEqual([403, 'FORBIDDEN']);
  });

  test('is not found once it is gone', async () => {
    const response = await getMe({ caller: { userId: randomUUID() } });
    expect([response.status, response.body.code]).toEqual([404, 'USER_NOT_FOUND']);
  });
});

describe('changing one’s own contact', () => {
  test('returns the next version and announces it', async () => {
    const { account, caller } = await anAccount();
    const body = { ...contactOf(account), name: 'Countess Lovelace', locale: 'fr' };
    const response = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect(response).toMatchObject({ status: 200, body: { ...body, version: 2 }, headers: { etag: '"2"' } });
    expect(await eventsOf(account.id)).toEqual([
      expect.objectContaining({ sequence: 2, data: { userId: account.id, ...body } }),
    ]);
  });

  test('changes nothing and announces nothing when it is the same contact', async () => {
    const { account, caller } = await anAccount();
    const response = await updateMe({ caller, body: contactOf(account), headers: { 'if-match': '"1"' } });
    expect([response.status, response.body.version]).toEqual([200, 1]);
    expect(await eventsOf(account.id)).toEqual([]);
  });

  test('accepts one of two concurrent changes of the same version', async () => {
    const { account, caller } = await anAccount();
    const change = (name: string) =>
      updateMe({ caller, body: { ...contactOf(account), name }, headers: { 'If-Match': '"1"' } });
    const responses = await Promise.all([change('First'), change('Second')]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await getMe({ caller })).body.version).toBe(2);
  });

  test('returns the same response for the same Idempotency-Key, with one event', async () => {
    const { account, caller } = await anAccount();
    const request = {
      caller,
      body: { ...contactOf(account), name: 'Once' },
      headers: { 'If-Match': '"1"', 'Idempotency-Key': randomUUID() },
    };
    const first = await updateMe(request);
    const second = await updateMe(request);
    expect(second).toMatchObject({
      status: 200,
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    });
    expect(await eventsOf(account.id)).toHaveLength(1);
  });

  test.each([
    [428, 'PRECONDITION_REQUIRED', {}],
    [412, 'PRECONDITION_FAILED', { 'If-Match': '"7"' }],
    [412, 'PRECONDITION_FAILED', { 'If-Match': 'anything' }],
  ])('is %i %s without the current version', async (status, code, headers) => {
    const { account, caller } = await anAccount();
    const body = { ...contactOf(account), name: 'Somebody' };
    const response = await updateMe({ caller, body, headers });
    expect([response.status, response.body.code]).toEqual([status, code]);
    expect((await getMe({ caller })).body).toEqual(account);
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['name', { name: 12 }],
    ['locale', { locale: undefined }],
    ['roles', { roles: ['admin'] }],
  ])('names %s when it is wrong', async (field, wrong) => {
    const { account, caller } = await anAccount();
    const body = { ...contactOf(account), ...wrong };
    const response = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});

describe('moving an account to another e-mail address', () => {
  const move = async (currentPassword?: string, email = aRegistration().email) => {
    const { account, caller, password } = await anAccount();
    const response = await updateMe({
      caller,
      body: {
        ...contactOf(account),
        email,
        ...(currentPassword === undefined ? {} : { currentPassword: currentPassword || password }),
      },
      headers: { 'If-Match': '"1"' },
    });
    return { response, account, caller, password, email };
  };
  const right = '';

  test('with the current password changes it: the new address signs in and the old one does not', async () => {
    await users.rotateKeys({ onlyIfMissing: true });
    const { response, account, password, email } = await move(right);
    expect([response.status, response.body.email]).toEqual([200, email]);
    expect((await users.login({ email, password })).status).toBe(200);
    expect((await users.login({ email: account.email, password })).status).toBe(401);
  });

  test('is refused without the current password', async () => {
    const { response } = await move();
    expect([response.status, response.body.errors?.[0]?.field]).toEqual([400, 'currentPassword']);
  });

  test('with a wrong password is refused, and changes nothing', async () => {
    const { response, account, caller } = await move('not the password');
    expect([response.status, response.body.code]).toEqual([403, 'WRONG_PASSWORD']);
    expect((await getMe({ caller })).body).toEqual(account);
  });

  test('is refused for an address that another account has', async () => {
    const other = await anAccount();
    const { response, account, caller } = await move(right, other.account.email);
    expect([response.status, response.body.code]).toEqual([409, 'EMAIL_TAKEN']);
    expect((await getMe({ caller })).body).toEqual(account);
  });
});
