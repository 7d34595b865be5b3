import { randomUUID } from 'node:crypto';
import { furtherCalls } from '../../testing/calls.ts';
import { type Account, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { getMe, updateMe } = await furtherCalls();

async function anAccount() {
  const account = await users.createAccount();
  return { account, caller: { userId: account.id } };
}

const profileOf = ({ name, locale }: Account) => ({ name, locale });

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

describe('changing one’s own profile', () => {
  test('returns the next version and announces it', async () => {
    const { account, caller } = await anAccount();
    const body = { ...profileOf(account), name: 'Countess Lovelace', locale: 'fr' };
    const response = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect(response).toMatchObject({ status: 200, body: { ...body, version: 2 }, headers: { etag: '"2"' } });
    expect(await eventsOf(account.id)).toEqual([
      expect.objectContaining({
        sequence: 3,
        data: { userId: account.id, email: account.email, ...body },
      }),
    ]);
  });

  test('changes nothing and announces nothing when it is the same profile', async () => {
    const { account, caller } = await anAccount();
    const response = await updateMe({ caller, body: profileOf(account), headers: { 'if-match': '"1"' } });
    expect([response.status, response.body.version]).toEqual([200, 1]);
    expect(await eventsOf(account.id)).toEqual([]);
  });

  test('accepts one of two concurrent changes of the same version', async () => {
    const { account, caller } = await anAccount();
    const change = (name: string) =>
      updateMe({ caller, body: { ...profileOf(account), name }, headers: { 'If-Match': '"1"' } });
    const responses = await Promise.all([change('First'), change('Second')]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await getMe({ caller })).body.version).toBe(2);
  });

  test('returns the same response for the same Idempotency-Key, with one event', async () => {
    const { account, caller } = await anAccount();
    const request = {
      caller,
      body: { ...profileOf(account), name: 'Once' },
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
    const body = { ...profileOf(account), name: 'Somebody' };
    const response = await updateMe({ caller, body, headers });
    expect([response.status, response.body.code]).toEqual([status, code]);
    expect((await getMe({ caller })).body).toEqual(account);
  });

  test.each([
    ['email', { email: 'other@example.com' }],
    ['name', { name: 12 }],
    ['name', { name: 'Win at www.evil.example' }],
    ['locale', { locale: undefined }],
    ['roles', { roles: ['admin'] }],
  ])('names %s when it is wrong', async (field, wrong) => {
    const { account, caller } = await anAccount();
    const body = { ...profileOf(account), ...wrong };
    const response = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});
