import { newId } from '#shared/ids.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aStaffMember, staffCalls } from '../../testing/staff.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { refresh } = await furtherCalls();
const staff = await staffCalls();
const admin = aStaffMember('admin');
await users.rotateKeys();

async function anAccount(over: Record<string, unknown> = {}) {
  const body = aRegistration(over);
  const { id } = await users.createAccount(body);
  return { id, email: body.email, password: body.password, params: { id } };
}
const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });

describe('an account', () => {
  test('is shown to staff with its state', async () => {
    const { params, id, email } = await anAccount();
    const response = await staff.getUser({ params, caller: aStaffMember('support') });
    expect(response).toMatchObject({
      status: 200,
      body: { id, email, state: 'active', roles: ['customer'] },
      headers: { etag: '"1"' },
    });
  });

  test.each(['customer', 'catalogue', 'fulfilment', 'finance'] as const)(
    'is not shown to %s',
    async (role) => {
      const { params } = await anAccount();
      expect((await staff.getUser({ params, caller: aStaffMember(role) })).status).toBe(403);
      expect((await staff.listUsers({ caller: aStaffMember(role) })).status).toBe(403);
    },
  );
});

describe('disabling', () => {
  test('refuses the password like a wrong one, ends sessions, and is announced', async () => {
    const { params, id, email, password } = await anAccount();
    const { refreshToken } = (await users.login({ email, password })).body;
    const response = await staff.disableUser({ params, caller: admin });
    expect(response).toMatchObject({ status: 200, body: { state: 'disabled', version: 2 } });
    expect(await users.login({ email, password })).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS' },
    });
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await users.announced(id)).map(({ type, sequence, actor }) => [type, sequence, actor])).toEqual([
      ['USER_REGISTERED', 1, undefined],
      ['EMAIL_VERIFIED', 2, undefined],
      ['USER_DISABLED', 3, { kind: 'staff', id: admin.userId }],
    ]);
  });

  test('may be repeated, and enabling lets the account in again', async () => {
    const { params, id, email, password } = await anAccount();
    const calls = [staff.disableUser, staff.disableUser, staff.enableUser, staff.enableUser];
    const versions: number[] = [];
    for (const call of calls) versions.push((await call({ params, caller: admin })).body.version);
    expect(versions).toEqual([2, 2, 3, 3]);
    expect((await users.login({ email, password })).status).toBe(200);
    expect((await users.announced(id)).map(({ type }) => type)).toEqual([
      'USER_REGISTERED',
      'EMAIL_VERIFIED',
      'USER_DISABLED',
      'USER_ENABLED',
    ]);
  });

  test('is not for support', async () => {
    const { params } = await anAccount();
    expect((await staff.disableUser({ params, caller: aStaffMember('support') })).status).toBe(403);
  });
});

describe('changing roles', () => {
  test('ends sessions, and the next token has them', async () => {
    const { params, email, password } = await anAccount();
    const { refreshToken } = (await users.login({ email, password })).body;
    const body = { roles: ['catalogue', 'support'] };
    const response = await staff.changeRoles({ params, body, caller: admin, headers: ifMatch(1) });
    expect(response).toMatchObject({ status: 200, body: { roles: ['support', 'catalogue'], version: 2 } });
    expect((await refresh(refreshToken)).status).toBe(401);
    const again = await staff.getUser({ params, caller: admin });
    expect(again.body.roles.toSorted()).toEqual(['catalogue', 'support']);
  });

  test('repeated with the same version returns the same response', async () => {
    const { params } = await anAccount();
    const request = { params, body: { roles: ['support'] }, caller: admin, headers: ifMatch(1) };
    const first = await staff.changeRoles(request);
    expect(await staff.changeRoles(request)).toMatchObject({ status: 200, body: first.body });
  });

  test.each([
    [{ roles: [] }, 'roles'],
    [{ roles: ['owner'] }, 'roles[0]'],
    [{ roles: 'admin' }, 'roles'],
    [{}, 'roles'],
    [{ roles: ['admin'], name: 'x' }, 'name'],
  ])('refuses %j', async (body, field) => {
    const { params } = await anAccount();
    const response = await staff.changeRoles({ params, body, caller: admin, headers: ifMatch(1) });
    expect([response.status, response.body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('requires the version that was read', async () => {
    const { params } = await anAccount();
    const body = { roles: ['support'] };
    expect((await staff.changeRoles({ params, body, caller: admin })).status).toBe(428);
    expect((await staff.changeRoles({ params, body, caller: admin, headers: ifMatch(7) })).status).toBe(412);
  });

  test('is not for support', async () => {
    const { params } = await anAccount();
    const caller = aStaffMember('support');
    const response = await staff.changeRoles({
      params,
      body: { roles: ['admin'] },
      caller,
      headers: ifMatch(1),
    });
    expect(response.status).toBe(403);
  });
});

describe.each(['getUser', 'disableUser', 'enableUser', 'changeRoles'] as const)('%s', (name) => {
  const request = { body: { roles: ['support'] }, headers: ifMatch(1), caller: admin };

  test('does not know an unknown id', async () => {
    expect((await staff[name]({ ...request, params: { id: newId() } })).body.code).toBe('USER_NOT_FOUND');
  });

  test('refuses an id that is none, and a visitor', async () => {
    expect((await staff[name]({ ...request, params: { id: 'me' } })).status).toBe(400);
    const { params } = await anAccount();
    const { caller: _, ...anonymous } = request;
    expect((await staff[name]({ ...anonymous, params })).status).toBe(401);
  });
});

describe('the list', () => {
  const idsOf = async (query: Record<string, string>) =>
    (await staff.listUsers({ query, caller: admin })).body.items.map(({ id }) => id);

  test('finds the beginning of an address and of words of a name', async () => {
    const mark = newId().slice(-12);
    const ada = await anAccount({ name: `Zoë O’Neill ${mark}`, email: `${mark}.a@example.com` });
    const bob = await anAccount({ name: `Bob ${mark}`, email: `${mark}.b@example.com` });
    expect(await idsOf({ email: mark })).toEqual([bob.id, ada.id]);
    expect(await idsOf({ email: `${mark}.A@` })).toEqual([ada.id]);
    expect(await idsOf({ name: mark.slice(0, 6).toUpperCase() })).toEqual(expect.arrayContaining([ada.id]));
    expect(await idsOf({ name: `neil zoe ${mark}` })).toEqual([ada.id]);
    expect(await idsOf({ name: `${mark} alice` })).toEqual([]);
    expect(await idsOf({ email: `${mark}%` })).toEqual([]);
  });

  test('finds nothing by a name without a letter or digit', async () => {
    expect(await idsOf({ name: '🙂' })).toEqual([]);
  });

  test('is filtered by role and state', async () => {
    const mark = newId().slice(-12);
    const [one, two] = [
      await anAccount({ email: `${mark}.1@example.com` }),
      await anAccount({ email: `${mark}.2@example.com` }),
    ];
    const body = { roles: ['finance'] };
    await staff.changeRoles({ params: one.params, body, caller: admin, headers: ifMatch(1) });
    await staff.disableUser({ params: two.params, caller: admin });
    expect(await idsOf({ email: mark, role: 'finance' })).toEqual([one.id]);
    expect(await idsOf({ email: mark, role: 'customer' })).toEqual([two.id]);
    expect(await idsOf({ email: mark, state: 'disabled' })).toEqual([two.id]);
    expect(await idsOf({ email: mark, state: 'active' })).toEqual([one.id]);
  });

  test('continues by cursor, which belongs to its filter', async () => {
    const mark = newId().slice(-12);
    for (const n of [1, 2, 3]) await anAccount({ email: `${mark}.${n}@example.com` });
    const query = { email: mark, limit: '2' };
    const { body } = await staff.listUsers({ query, caller: admin });
    expect(body.items).toHaveLength(2);
    const cursor = body.nextCursor!;
    const next = await staff.listUsers({ query: { ...query, cursor }, caller: admin });
    expect(next.body.items).toHaveLength(1);
    expect(next.body.nextCursor).toBeUndefined();
    const other = await staff.listUsers({ query: { limit: '2', cursor }, caller: admin });
    expect([other.status, other.body.errors?.[0]?.field]).toEqual([400, 'cursor']);
  });

  test.each([
    [{ limit: '0' }, 'limit'],
    [{ role: 'owner' }, 'role'],
    [{ state: 'gone' }, 'state'],
    [{ email: '' }, 'email'],
    [{ what: 'x' }, 'what'],
  ])('refuses %j', async (query: Record<string, string>, field) => {
    const { status, body } = await staff.listUsers({ query, caller: admin });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });
});
