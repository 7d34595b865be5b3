import { newId } from '#shared/ids.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aStaffMember, invitationCalls, staffCalls } from '../../testing/staff.ts';
import { aRegistration, mailTokenKey, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { invite, list, withdraw, accept, tokenTo } = await invitationCalls(users.database);
const staff = await staffCalls();
const { getMe } = await furtherCalls();
const admin = aStaffMember('admin');
await users.rotateKeys();

const anAddress = () => `${newId()}@example.com`;
const acceptance = { password: 'correct horse battery', name: 'Grace Hopper' };

async function anInvitation(over: Record<string, unknown> = {}, caller = admin) {
  const email = anAddress();
  const { body } = await invite({ caller, body: { email, roles: ['support', 'catalogue'], ...over } });
  return { ...body, email, token: await tokenTo(email, mailTokenKey) };
}

describe('an invitation', () => {
  test('becomes an account with its roles, signed in, when it is accepted', async () => {
    const { id, email, token } = await anInvitation();
    const response = await accept({ ...acceptance, token });
    expect([response.status, typeof response.body.accessToken]).toEqual([200, 'string']);
    expect((await getMe({ caller: { userId: id } })).body).toMatchObject({
      id,
      email,
      name: acceptance.name,
      roles: ['catalogue', 'support'],
    });
    expect((await users.login({ email, password: acceptance.password })).status).toBe(200);
  });

  test('is accepted once, also of several requests at once', async () => {
    const { token } = await anInvitation();
    const responses = await Promise.all([1, 2, 3].map(() => accept({ ...acceptance, token })));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 422, 422]);
    expect((await accept({ ...acceptance, token })).body.code).toBe('INVALID_MAIL_TOKEN');
  });

  test('replaces the one before for the same address, with its token', async () => {
    const { email, token, id } = await anInvitation();
    const again = await invite({ caller: admin, body: { email, roles: ['finance'] } });
    expect(again.body).toMatchObject({ id, roles: ['finance'] });
    expect((await accept({ ...acceptance, token })).body.code).toBe('INVALID_MAIL_TOKEN');
    expect((await accept({ ...acceptance, token: await tokenTo(email, mailTokenKey) })).status).toBe(200);
    expect((await getMe({ caller: { userId: id } })).body.roles).toEqual(['finance']);
  });

  test('expires', async () => {
    const { id, token } = await anInvitation();
    await users.database.query(
      `UPDATE mail_tokens SET expires_at = now() - interval '1 s' WHERE subject_id = $1`,
      [id],
    );
    expect((await accept({ ...acceptance, token })).body.code).toBe('INVALID_MAIL_TOKEN');
  });

  test('is withdrawn', async () => {
    const { id, token } = await anInvitation();
    const params = { invitationId: id };
    expect((await withdraw({ params, caller: admin })).status).toBe(204);
    expect((await accept({ ...acceptance, token })).body.code).toBe('INVALID_MAIL_TOKEN');
    expect((await withdraw({ params, caller: admin })).body.code).toBe('INVITATION_NOT_FOUND');
  });

  test.each(['disabled', 'demoted'])('ends when who invited is %s', async (how) => {
    const { id: inviter } = await users.createAccount();
    await users.database.query(
      `INSERT INTO user_roles (user_id, role, granted_at) SELECT unnest($1::uuid[]), 'admin', now()`,
      [[inviter, (await users.createAccount()).id]],
    );
    const { token } = await anInvitation({}, aStaffMember('admin', inviter));
    const request = { params: { id: inviter }, caller: admin };
    const changed =
      how === 'disabled'
        ? await staff.disableUser(request)
        : await staff.changeRoles({
            ...request,
            body: { roles: ['support'] },
            headers: { 'If-Match': '"1"' },
          });
    expect(changed.status).toBe(200);
    expect((await accept({ ...acceptance, token })).body.code).toBe('INVALID_MAIL_TOKEN');
  });

  test('is refused for the address of an account, before and after', async () => {
    const { email } = await users.createAccount();
    const refused = await invite({ caller: admin, body: { email, roles: ['support'] } });
    expect([refused.status, refused.body.code]).toEqual([409, 'EMAIL_TAKEN']);
    const invited = await anInvitation();
    await users.createAccount(aRegistration({ email: invited.email }));
    expect((await accept({ ...acceptance, token: invited.token })).body.code).toBe('EMAIL_TAKEN');
  });

  test('is stored without its token', async () => {
    const { id, token } = await anInvitation();
    const rows = await users.database.query<{ text: string }>(
      `SELECT row_to_json(t)::text AS text FROM mail_tokens t WHERE subject_id = $1
        UNION ALL SELECT message FROM outbox WHERE message LIKE '%' || $1::text || '%'`,
      [id],
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { text } of rows) expect(text).not.toContain(token);
  });
});

describe('accepting', () => {
  test.each([
    [{ token: 'x'.repeat(43) }, 422, 'INVALID_MAIL_TOKEN'],
    [{ token: 7 }, 400, 'INVALID_REQUEST'],
    [{ password: 'short' }, 400, 'INVALID_REQUEST'],
    [{ password: 'password123' }, 422, 'GUESSABLE_PASSWORD'],
    [{ name: '' }, 400, 'INVALID_REQUEST'],
    [{ roles: ['admin'] }, 400, 'INVALID_REQUEST'],
  ])('refuses %j', async (over, status, code) => {
    const { token } = await anInvitation();
    const response = await accept({ ...acceptance, token, ...over });
    expect([response.status, response.body.code]).toEqual([status, code]);
    expect((await accept({ ...acceptance, token })).status).toBe(200);
  });
});

describe('inviting', () => {
  test.each([
    [{ email: 'x' }, 'email'],
    [{ roles: [] }, 'roles'],
    [{ roles: ['owner'] }, 'roles[0]'],
    [{ name: 'x' }, 'name'],
  ])('refuses %j', async (over, field) => {
    const body = { email: anAddress(), roles: ['support'], ...over };
    const response = await invite({ caller: admin, body });
    expect([response.status, response.body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('is for administrators only, as listing and withdrawing are', async () => {
    const { id } = await anInvitation();
    const params = { invitationId: id };
    const body = { email: anAddress(), roles: ['support'] };
    for (const role of ['customer', 'support', 'catalogue', 'fulfilment', 'finance'] as const) {
      const caller = aStaffMember(role);
      const responses = [
        await invite({ caller, body }),
        await list({ caller }),
        await withdraw({ caller, params }),
      ];
      expect(responses.map(({ status }) => status)).toEqual([403, 403, 403]);
    }
    const anonymous = [await invite({ body }), await list({}), await withdraw({ params })];
    expect(anonymous.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test('is listed until it is accepted, page by page', async () => {
    const [first, second] = [await anInvitation(), await anInvitation()];
    const page = await list({ caller: admin, query: { limit: '1' } });
    expect(page.body.items.map(({ id }) => id)).toEqual([second.id]);
    const next = await list({ caller: admin, query: { limit: '1', cursor: page.body.nextCursor! } });
    expect(next.body.items.map(({ id }) => id)).toEqual([first.id]);
    await accept({ ...acceptance, token: second.token });
    expect((await list({ caller: admin, query: { limit: '1' } })).body.items[0]?.id).toBe(first.id);
  });
});

describe('sending a reset', () => {
  const resetsTo = async (email: string) =>
    (await users.mailsAskedFor(email)).filter((type) => type === 'PASSWORD_RESET_REQUESTED').length;

  test('has the owner mailed a token, at most five in an hour', async () => {
    const { id, email } = await users.createAccount();
    const request = { params: { id }, caller: aStaffMember('support') };
    for (let n = 0; n < 5; n += 1) expect((await staff.sendPasswordReset(request)).status).toBe(202);
    expect((await staff.sendPasswordReset(request)).status).toBe(429);
    expect(await resetsTo(email)).toBe(5);
  });

  test('is refused for a disabled account, staff, the own account, an unknown one and other roles', async () => {
    const { id, email } = await users.createAccount();
    const [params, support] = [{ id }, aStaffMember('support')];
    const codeOf = async (caller = support, given = params) =>
      (await staff.sendPasswordReset({ params: given, caller })).body.code;
    expect(await codeOf(aStaffMember('finance'))).toBe('FORBIDDEN');
    expect(await codeOf(aStaffMember('support', id))).toBe('OWN_ACCOUNT');
    expect(await codeOf(support, { id: newId() })).toBe('USER_NOT_FOUND');
    expect((await staff.sendPasswordReset({ params: { id: 'x' }, caller: support })).status).toBe(400);
    expect((await staff.sendPasswordReset({ params })).status).toBe(401);
    const body = { roles: ['support'] };
    await staff.changeRoles({ params, body, caller: admin, headers: { 'If-Match': '"1"' } });
    expect(await codeOf()).toBe('FORBIDDEN');
    await staff.disableUser({ params, caller: admin });
    expect(await codeOf(admin)).toBe('FORBIDDEN');
    expect(await resetsTo(email)).toBe(0);
  });
});
