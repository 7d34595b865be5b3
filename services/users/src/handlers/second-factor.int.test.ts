import { newId } from '#shared/ids.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { deviceCode, secondFactorCalls } from '../../testing/second-factor.ts';
import { aStaffMember, staffCalls } from '../../testing/staff.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService({ SECOND_FACTOR_ROLES: 'admin,finance' });
const { refresh, authorize } = await furtherCalls();
const factor = await secondFactorCalls();
const staff = await staffCalls();
const admin = aStaffMember('admin');
await users.rotateKeys();

async function anAccount() {
  const body = aRegistration();
  const { id } = await users.createAccount(body);
  const { email, password } = body;
  return { id, email, password, caller: { userId: id }, params: { id } };
}
type GivenAccount = Awaited<ReturnType<typeof anAccount>>;

/** A session with its caller, as the authorizer passes it. */
async function aSession({ id, email, password }: GivenAccount, code?: string) {
  const tokens = (await users.login({ email, password, code })).body;
  const { sid } = JSON.parse(Buffer.from(tokens.accessToken.split('.')[1]!, 'base64url').toString());
  return { ...tokens, caller: { userId: id, sessionId: String(sid) } };
}

/** An account with an active second factor, its device, and the session that set it up. */
async function withSecondFactor(account?: GivenAccount) {
  const given = account ?? (await anAccount());
  const session = await aSession(given);
  const body = { currentPassword: given.password };
  const { secret } = (await factor.enrol({ caller: session.caller, body })).body;
  // An earlier step, so that the current one remains for the test.
  const confirmed = await factor.confirm({ caller: session.caller, body: { code: deviceCode(secret, -1) } });
  return { ...given, session, secret, recoveryCodes: confirmed.body.recoveryCodes };
}
const login = ({ email, password }: GivenAccount, code?: string) => users.login({ email, password, code });
const actionsOf = async (userId: string) =>
  (
    await users.database.query<{ action: string; actor: string }>(
      `SELECT message::json #>> '{data,action}' AS action, message::json #>> '{actor,id}' AS actor FROM outbox
        WHERE type = 'USER_ACTION_RECORDED' AND message::json #>> '{data,target,id}' = $1 ORDER BY id`,
      [userId],
    )
  ).map(({ action, actor }) => [action, actor]);

describe('setting up a second factor', () => {
  test('requires the password, then a code, and returns ten recovery codes', async () => {
    const account = await anAccount();
    const { caller } = await aSession(account);
    const wrong = await factor.enrol({ caller, body: { currentPassword: 'wrong password' } });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'WRONG_PASSWORD']);
    const { secret, uri } = (await factor.enrol({ caller, body: { currentPassword: account.password } }))
      .body;
    expect(uri).toContain(`secret=${secret}`);
    expect((await factor.get({ caller })).body).toEqual({
      state: 'pending',
      required: false,
      recoveryCodes: 0,
    });
    expect((await login(account)).status).toBe(200);
    const refused = await factor.confirm({ caller, body: { code: deviceCode(secret, 5) } });
    expect([refused.status, refused.body.code]).toEqual([403, 'WRONG_CODE']);
    const { status, body } = await factor.confirm({ caller, body: { code: deviceCode(secret) } });
    expect([status, new Set(body.recoveryCodes).size]).toEqual([200, 10]);
    expect((await factor.get({ caller })).body).toEqual({
      state: 'active',
      required: false,
      recoveryCodes: 10,
    });
    expect(await actionsOf(account.id)).toEqual([['second-factor-activated', account.id]]);
  });

  test('ends all other sessions', async () => {
    const account = await anAccount();
    const other = await aSession(account);
    const { session } = await withSecondFactor(account);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(session.refreshToken)).status).toBe(200);
  });

  test('again replaces a secret that waits, and is refused once one is active', async () => {
    const account = await anAccount();
    const { caller } = await aSession(account);
    const request = { caller, body: { currentPassword: account.password } };
    const [first, second] = [await factor.enrol(request), await factor.enrol(request)];
    const old = await factor.confirm({ caller, body: { code: deviceCode(first.body.secret) } });
    expect(old.body.code).toBe('WRONG_CODE');
    expect((await factor.confirm({ caller, body: { code: deviceCode(second.body.secret) } })).status).toBe(
      200,
    );
    expect((await factor.enrol(request)).body.code).toBe('SECOND_FACTOR_ACTIVE');
    const again = await factor.confirm({ caller, body: { code: deviceCode(second.body.secret, 1) } });
    expect([again.status, again.body.code]).toEqual([409, 'NO_SECOND_FACTOR']);
  });

  test('stores neither the secret nor a recovery code', async () => {
    const { id, secret, recoveryCodes } = await withSecondFactor();
    const [row] = await users.database.query<{ dump: string }>(
      `SELECT row_to_json(f)::text || (SELECT string_agg(row_to_json(c)::text, '') FROM recovery_codes c WHERE c.user_id = f.user_id) AS dump
         FROM second_factors f WHERE user_id = $1`,
      [id],
    );
    const known = Buffer.from(deviceCode(secret)).toString('hex');
    for (const text of [secret, known, ...recoveryCodes]) expect(row!.dump).not.toContain(text);
  });

  test('of a session that was begun before it, at the same time, leaves no session without it', async () => {
    const account = await anAccount();
    const { caller } = await aSession(account);
    const { secret } = (await factor.enrol({ caller, body: { currentPassword: account.password } })).body;
    const results = await Promise.all([
      ...Array.from({ length: 5 }, () => login(account)),
      factor.confirm({ caller, body: { code: deviceCode(secret) } }),
    ]);
    for (const { status, body } of results.slice(0, 5))
      if (status === 200)
        expect((await refresh((body as { refreshToken: string }).refreshToken)).status).toBe(401);
    expect((await login(account)).body.code).toBe('SECOND_FACTOR_REQUIRED');
  });
});

describe('signing in with a second factor', () => {
  test('requires a code, after a right password only', async () => {
    const account = await withSecondFactor();
    expect(await login(account)).toMatchObject({ status: 401, body: { code: 'SECOND_FACTOR_REQUIRED' } });
    const wrong = { ...account, password: 'wrong password' };
    expect((await login(wrong)).body.code).toBe('INVALID_CREDENTIALS');
    expect((await login(wrong, deviceCode(account.secret))).body.code).toBe('INVALID_CREDENTIALS');
    expect((await login(account, deviceCode(account.secret))).status).toBe(200);
  });

  test('accepts a code once, also of several requests at once', async () => {
    const account = await withSecondFactor();
    const code = deviceCode(account.secret);
    const statuses = (await Promise.all(Array.from({ length: 4 }, () => login(account, code)))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect((await login(account, code)).body.code).toBe('WRONG_CODE');
  });

  test('accepts no earlier code than the last one', async () => {
    const account = await withSecondFactor();
    expect((await login(account, deviceCode(account.secret, 1))).status).toBe(200);
    expect((await login(account, deviceCode(account.secret))).body.code).toBe('WRONG_CODE');
  });

  test('accepts each recovery code once, and records it', async () => {
    const account = await withSecondFactor();
    const [code] = account.recoveryCodes as [string];
    const results = await Promise.all([login(account, code), login(account, code.toLowerCase())]);
    expect(results.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expect((await factor.get(account)).body.recoveryCodes).toBe(9);
    expect(await actionsOf(account.id)).toContainEqual(['recovery-code-used', account.id]);
  });

  test('accepts no recovery code of another account', async () => {
    const [one, two] = [await withSecondFactor(), await withSecondFactor()];
    expect((await login(one, two.recoveryCodes[0])).body.code).toBe('WRONG_CODE');
  });

  test('is blocked after five wrong codes, with the right one too', async () => {
    const account = await withSecondFactor();
    for (let n = 0; n < 5; n += 1) expect((await login(account, `00000${n}`)).body.code).toBe('WRONG_CODE');
    const blocked = await login(account, deviceCode(account.secret));
    expect([blocked.status, blocked.body.code]).toEqual([429, 'TOO_MANY_SIGN_INS']);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(200);
  });

  test.each([['12345'], [123456], ['x'.repeat(41)]])('refuses the code %j', async (code) => {
    const { email, password } = await anAccount();
    const { status } = await users.login({ email, password, code });
    expect(status).toBe(400);
  });
});

describe('a role that needs a second factor', () => {
  const permissionsWith = async ({ accessToken }: { accessToken: string }) =>
    String((await authorize(`Bearer ${accessToken}`)).context?.['permissions']).split(',');

  test('counts only in sessions with one', async () => {
    const account = await anAccount();
    const headers = { 'If-Match': '"1"' };
    const body = { roles: ['finance', 'support'] };
    await staff.changeRoles({ params: account.params, body, caller: admin, headers });
    const session = await aSession(account);
    expect(await permissionsWith(session)).not.toContain('reports:read');
    expect(await permissionsWith(session)).not.toContain('users:read');
    expect(await permissionsWith(session)).toContain('account:write');
    expect((await factor.get(session)).body.required).toBe(true);
    const { secret, session: enrolled } = await withSecondFactor(account);
    expect(await permissionsWith(enrolled)).toContain('reports:read');
    expect(await permissionsWith(await aSession(account, deviceCode(secret)))).toContain('reports:read');
  });

  test('leaves other roles alone', async () => {
    const account = await anAccount();
    const request = { body: { roles: ['support'] }, caller: admin, headers: { 'If-Match': '"1"' } };
    await staff.changeRoles({ params: account.params, ...request });
    expect(await permissionsWith(await aSession(account))).toContain('users:read');
  });
});

describe('removing it', () => {
  test('requires password and code', async () => {
    const account = await withSecondFactor();
    const caller = account.session.caller;
    const code = deviceCode(account.secret);
    const currentPassword = account.password;
    const remove = (body: object) => factor.remove({ caller, body });
    expect((await remove({ currentPassword: 'wrong password', code })).body.code).toBe('WRONG_PASSWORD');
    expect((await remove({ currentPassword, code: '000000' })).body.code).toBe('WRONG_CODE');
    expect((await remove({ currentPassword })).status).toBe(400);
    expect((await remove({ currentPassword, code })).status).toBe(204);
    expect((await remove({ currentPassword, code })).body.code).toBe('NO_SECOND_FACTOR');
    expect((await login(account)).status).toBe(200);
    expect(await actionsOf(account.id)).toContainEqual(['second-factor-removed', account.id]);
  });

  test('is possible for staff, who ends all sessions with it', async () => {
    const account = await withSecondFactor();
    const support = aStaffMember('support');
    expect((await staff.getUser({ params: account.params, caller: support })).body.secondFactor).toBe(true);
    expect((await staff.resetSecondFactor({ params: account.params, caller: support })).status).toBe(204);
    expect((await staff.resetSecondFactor({ params: account.params, caller: support })).status).toBe(204);
    expect((await refresh(account.session.refreshToken)).status).toBe(401);
    expect((await login(account)).status).toBe(200);
    expect((await actionsOf(account.id)).slice(1)).toEqual([['reset-second-factor', support.userId]]);
  });
});

describe.each(['resetSecondFactor', 'revokeSessions'] as const)('%s', (name) => {
  const support = aStaffMember('support');

  test('is refused to support on an account of staff, and to everybody on the own', async () => {
    const { params } = await anAccount();
    const request = { params, body: { roles: ['support'] }, caller: admin, headers: { 'If-Match': '"1"' } };
    await staff.changeRoles(request);
    expect((await staff[name]({ params, caller: support })).body.code).toBe('FORBIDDEN');
    expect((await staff[name]({ params, caller: admin })).status).toBe(204);
    expect((await staff[name]({ params, caller: aStaffMember('admin', params.id) })).body.code).toBe(
      'OWN_ACCOUNT',
    );
  });

  test('is not for other roles and visitors, and does not know an unknown id', async () => {
    const { params } = await anAccount();
    for (const role of ['customer', 'catalogue', 'fulfilment', 'finance'] as const)
      expect((await staff[name]({ params, caller: aStaffMember(role) })).status).toBe(403);
    expect((await staff[name]({ params })).status).toBe(401);
    const unknown = await staff[name]({ params: { id: newId() }, caller: support });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'USER_NOT_FOUND']);
    expect((await staff[name]({ params: { id: 'x' }, caller: support })).status).toBe(400);
  });
});

test('ending all sessions of an account ends them and is recorded', async () => {
  const account = await anAccount();
  const session = await aSession(account);
  const support = aStaffMember('support');
  expect((await staff.revokeSessions({ params: account.params, caller: support })).status).toBe(204);
  expect((await refresh(session.refreshToken)).status).toBe(401);
  await expect(authorize(`Bearer ${session.accessToken}`)).rejects.toThrow('Unauthorized');
  expect(await actionsOf(account.id)).toEqual([['revoke-user-sessions', support.userId]]);
});
