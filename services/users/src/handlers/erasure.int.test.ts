import { newId } from '#shared/ids.ts';
import { send } from '#shared/testing/http-event.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { privacyCalls } from '../../testing/privacy-calls.ts';
import { aRegistration, type Registration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { getMe, updateMe, refresh } = await furtherCalls();
const privacy = await privacyCalls(users.environment.USER_FILES_BUCKET);
const { handler: addAddress } = await import('./add-address.ts');
const { addAddressRoute } = await import('../api.ts');
await users.rotateKeys();

const admin = { userId: newId(), roles: ['admin' as const] };

async function anAccount(over: Partial<Registration> = {}) {
  const registration = aRegistration(over);
  const account = await users.createAccount(registration);
  return { ...account, password: registration.password, caller: { userId: account.id } };
}
type Account = Awaited<ReturnType<typeof anAccount>>;
const deleteOwn = ({ caller, password: currentPassword }: Account) =>
  privacy.deleteMe({ caller, body: { currentPassword } });

/** Every row of every table of the service, and what ANALYZE keeps of them, as text. */
async function everything(): Promise<string> {
  const tables = await users.server.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => users.server.query(`SELECT t::text AS row FROM ${name} t`)),
  );
  const statistics = await users.server.query(
    `SELECT most_common_vals::text, most_common_elems::text, histogram_bounds::text FROM pg_stats WHERE schemaname = 'public'`,
  );
  return JSON.stringify([rows, statistics]);
}

describe('an erased account', () => {
  test('leaves no row, stored response, event or statistic that names the person', async () => {
    const account = await anAccount({ name: 'Zebulon Quackenbush' });
    const contact = { email: account.email, name: 'Zebulon Q. Quackenbush', locale: 'en' };
    const headers = { 'If-Match': '"1"', 'Idempotency-Key': newId() };
    await updateMe({ caller: account.caller, body: contact, headers });
    await users.login({ email: account.email, password: account.password });
    const address = {
      name: 'Zebulon Quackenbush',
      line1: 'Torstr. 1',
      postalCode: '10119',
      city: 'Berlin',
      country: 'DE',
    };
    await send(addAddress, addAddressRoute, { caller: account.caller, body: address });
    await users.server.query('ANALYZE');
    expect(await everything()).toContain('Quackenbush');
    expect((await deleteOwn(account)).status).toBe(200);
    const left = await everything();
    expect(left).not.toContain('Quackenbush');
    expect(left).not.toContain(account.email);
    expect(left).toContain(account.id);
  });

  test('ends its sessions and is not found again', async () => {
    const account = await anAccount();
    const { body: tokens } = await users.login({ email: account.email, password: account.password });
    await deleteOwn(account);
    expect((await refresh(tokens.refreshToken)).body.code).toBe('INVALID_REFRESH_TOKEN');
    const again = await users.login({ email: account.email, password: account.password });
    expect(again.body.code).toBe('INVALID_CREDENTIALS');
    expect((await getMe({ caller: account.caller })).body.code).toBe('USER_NOT_FOUND');
  });

  test('frees its address for another account', async () => {
    const account = await anAccount();
    await deleteOwn(account);
    const next = await anAccount({ email: account.email });
    expect(next.email).toBe(account.email);
    expect(next.id).not.toBe(account.id);
  });

  test('is announced once, as the last event of the user', async () => {
    const account = await anAccount();
    await deleteOwn(account);
    expect(await users.announced(account.id)).toEqual([
      expect.objectContaining({ type: 'USER_ERASED', sequence: 3, data: { userId: account.id } }),
    ]);
  });

  test('is told what is kept, and until when', async () => {
    const { body } = await deleteOwn(await anAccount());
    const until = `${new Date().getUTCFullYear() + 10}-12-31`;
    expect(body.retained.map((each) => [each.document, each.until])).toEqual([
      ['orders', until],
      ['payments and ledger', until],
      ['audit log', until],
    ]);
  });

  test('is erased once by two requests at the same time', async () => {
    const account = await anAccount();
    const results = await Promise.all([deleteOwn(account), deleteOwn(account)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(await users.announced(account.id)).toHaveLength(1);
  });
});

describe('erasing the own account is refused', () => {
  test('with a wrong password', async () => {
    const { caller } = await anAccount();
    const { status, body } = await privacy.deleteMe({ caller, body: { currentPassword: 'not my password' } });
    expect([status, body.code]).toEqual([403, 'WRONG_PASSWORD']);
    expect((await getMe({ caller })).status).toBe(200);
  });

  test.each([{}, { currentPassword: '' }, { currentPassword: 7 }, { currentPassword: 'x', all: true }])(
    'for the body %j',
    async (body) => {
      const { caller } = await anAccount();
      const response = await privacy.deleteMe({ caller, body });
      expect([response.status, response.body.code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  test('for a visitor', async () => {
    const { status } = await privacy.deleteMe({ body: { currentPassword: 'x' } });
    expect(status).toBe(401);
  });
});

describe('an administrator', () => {
  test('erases an account, and gets the same response again', async () => {
    const { id, caller } = await anAccount();
    const first = await privacy.eraseUser({ params: { id }, caller: admin });
    const second = await privacy.eraseUser({ params: { id }, caller: admin });
    expect(first).toMatchObject({ status: 200, body: { userId: id } });
    expect(second.body.retained).toEqual(first.body.retained);
    expect((await getMe({ caller })).status).toBe(404);
  });

  test('cannot erase the own account as staff', async () => {
    const response = await privacy.eraseUser({ params: { id: admin.userId }, caller: admin });
    const { id } = await anAccount();
    const own = await privacy.eraseUser({ params: { id }, caller: { ...admin, userId: id } });
    expect([response.body.code, own.body.code]).toEqual(['USER_NOT_FOUND', 'OWN_ACCOUNT']);
  });

  test('who is the last one is not erased', async () => {
    const account = await anAccount();
    await users.server.query(
      `INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, 'admin', now())`,
      [account.id],
    );
    const { status, body } = await deleteOwn(account);
    expect([status, body.code]).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect((await getMe({ caller: account.caller })).status).toBe(200);
  });

  test.each([
    ['an unknown account', () => newId(), 404, 'USER_NOT_FOUND'],
    ['what is no id', () => 'me-too', 400, 'INVALID_REQUEST'],
  ])('is refused %s', async (_, id, status, code) => {
    const response = await privacy.eraseUser({ params: { id: id() }, caller: admin });
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  test.each(['customer', 'support', 'catalogue', 'fulfilment', 'finance'] as const)(
    'is the only role that may: %s may not',
    async (role) => {
      const { id } = await anAccount();
      const caller = { userId: newId(), roles: [role] };
      const response = await privacy.eraseUser({ params: { id }, caller });
      expect([response.status, response.body.code]).toEqual([403, 'FORBIDDEN']);
    },
  );
});
