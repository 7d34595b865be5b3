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
    const answer = await getMe({ caller });
    expect(answer).toMatchObject({ status: 200, body: account, headers: { etag: '"1"' } });
  });

  test('is not shown to a visitor', async () => {
    const answer = await getMe({});
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('is not shown for a token that has expired while API Gateway kept its answer', async () => {
    const { caller } = await anAccount();
    const answer = await getMe({ caller: { ...caller, expiresAt: Math.floor(Date.now() / 1000) - 1 } });
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('is not shown to a caller without the permission', async () => {
    const { caller } = await anAccount();
    const answer = await getMe({ caller: { ...caller, roles: [] } });
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
  });

  test('is not found once it is gone', async () => {
    const answer = await getMe({ caller: { userId: randomUUID() } });
    expect([answer.status, answer.body.code]).toEqual([404, 'USER_NOT_FOUND']);
  });
});

describe('changing one’s own contact', () => {
  test('gives the next version and announces it', async () => {
    const { account, caller } = await anAccount();
    const body = { ...contactOf(account), name: 'Countess Lovelace', locale: 'fr' };
    const answer = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect(answer).toMatchObject({ status: 200, body: { ...body, version: 2 }, headers: { etag: '"2"' } });
    expect(await eventsOf(account.id)).toEqual([
      expect.objectContaining({ sequence: 2, data: { userId: account.id, ...body } }),
    ]);
  });

  test('changes nothing and announces nothing when it is the same contact', async () => {
    const { account, caller } = await anAccount();
    const answer = await updateMe({ caller, body: contactOf(account), headers: { 'if-match': '"1"' } });
    expect([answer.status, answer.body.version]).toEqual([200, 1]);
    expect(await eventsOf(account.id)).toEqual([]);
  });

  test('lets one of two win who change the same version', async () => {
    const { account, caller } = await anAccount();
    const change = (name: string) =>
      updateMe({ caller, body: { ...contactOf(account), name }, headers: { 'If-Match': '"1"' } });
    const answers = await Promise.all([change('First'), change('Second')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await getMe({ caller })).body.version).toBe(2);
  });

  test('gives the same answer to the same Idempotency-Key, and one event', async () => {
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
    const answer = await updateMe({ caller, body, headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
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
    const answer = await updateMe({ caller, body, headers: { 'If-Match': '"1"' } });
    expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});

describe('moving an account to another e-mail address', () => {
  const move = async (currentPassword?: string, email = aRegistration().email) => {
    const { account, caller, password } = await anAccount();
    const answer = await updateMe({
      caller,
      body: {
        ...contactOf(account),
        email,
        ...(currentPassword === undefined ? {} : { currentPassword: currentPassword || password }),
      },
      headers: { 'If-Match': '"1"' },
    });
    return { answer, account, caller, password, email };
  };
  const right = '';

  test('takes the current password; then the new address signs in and the old one does not', async () => {
    await users.rotateKeys({ onlyIfMissing: true });
    const { answer, account, password, email } = await move(right);
    expect([answer.status, answer.body.email]).toEqual([200, email]);
    expect((await users.login({ email, password })).status).toBe(200);
    expect((await users.login({ email: account.email, password })).status).toBe(401);
  });

  test('is refused without the current password', async () => {
    const { answer } = await move();
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, 'currentPassword']);
  });

  test('is refused with a wrong password, and changes nothing', async () => {
    const { answer, account, caller } = await move('not the password');
    expect([answer.status, answer.body.code]).toEqual([403, 'WRONG_PASSWORD']);
    expect((await getMe({ caller })).body).toEqual(account);
  });

  test('is refused for an address that another account has', async () => {
    const other = await anAccount();
    const { answer, account, caller } = await move(right, other.account.email);
    expect([answer.status, answer.body.code]).toEqual([409, 'EMAIL_TAKEN']);
    expect((await getMe({ caller })).body).toEqual(account);
  });
});
