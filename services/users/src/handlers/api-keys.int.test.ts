import { newId } from '#shared/ids.ts';
import { lambdaContext } from '#shared/testing/http-event.ts';
import { scheduleEvent } from '#shared/testing/queue.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { authorize, createKey, listKeys, revokeKey } = await furtherCalls();
const { handler: relayOutbox } = await import('./relay-outbox.ts');

const grant = (userId: string, role: string) =>
  users.database.query(`INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, $2, now())`, [
    userId,
    role,
  ]);

async function anAdmin() {
  const { id } = await users.createAccount();
  await grant(id, 'admin');
  return { userId: id, roles: ['customer', 'admin'] as const };
}
// One more, so that no test takes the last administrator away.
await anAdmin();

const body = { name: 'Warehouse', permissions: ['inventory:write', 'inventory:read'] };
async function aKey(over: Record<string, unknown> = {}) {
  const caller = await anAdmin();
  const response = await createKey({ caller, body: { ...body, ...over } });
  return { caller, ...response.body };
}
const allowed = async (key: string) =>
  authorize(`Bearer ${key}`).then(
    ({ context }) => context,
    (error: Error) => error.message,
  );
const change = (statement: string, id: string) => users.database.query(statement, [id]);
const days = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string }) =>
  (Date.parse(expiresAt) - Date.parse(createdAt)) / (24 * 60 * 60 * 1000);

describe('creating a key', () => {
  test('returns the secret once, and stores only its hash', async () => {
    const caller = await anAdmin();
    const { status, headers, body: created } = await createKey({ caller, body });
    const { key, ...shown } = created;
    expect([status, headers['location']]).toEqual([201, `/api/v1/api-keys/${created.id}`]);
    expect(shown).toEqual({ ...body, id: created.id, createdBy: caller.userId, ...timesOf(created) });
    expect([days(created), key.startsWith(`shop_${created.id.replaceAll('-', '')}_`)]).toEqual([90, true]);
    expect((await listKeys({ caller })).body.items[0]).toEqual(shown);
    const stored = await users.database.query(
      `SELECT row_to_json(k)::text AS text FROM api_keys k
       UNION ALL SELECT message FROM outbox UNION ALL SELECT row_to_json(i)::text FROM idempotency_keys i`,
    );
    const secret = key.split('_').slice(2).join('_');
    for (const form of [secret, Buffer.from(secret, 'base64url').toString('hex')])
      expect(JSON.stringify(stored)).not.toContain(form);
  });

  const timesOf = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string }) => ({
    createdAt,
    expiresAt,
  });

  test('again creates another key, also with the same Idempotency-Key', async () => {
    const caller = await anAdmin();
    const headers = { 'Idempotency-Key': newId() };
    const [first, second] = [
      await createKey({ caller, body, headers }),
      await createKey({ caller, body, headers }),
    ];
    expect(first.body.key).not.toBe(second.body.key);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ name: '' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ permissions: [] }, 'permissions'],
    [{ permissions: 'inventory:read' }, 'permissions'],
    [{ permissions: ['account:read'] }, 'permissions[0]'],
    [{ permissions: ['orders:place'] }, 'permissions[0]'],
    [{ permissions: ['api-keys:manage'] }, 'permissions[0]'],
    [{ lifetimeDays: 0 }, 'lifetimeDays'],
    [{ lifetimeDays: 367 }, 'lifetimeDays'],
    [{ lifetimeDays: '30' }, 'lifetimeDays'],
    [{ secret: 'x' }, 'secret'],
  ])('refuses %j', async (over, field) => {
    const response = await createKey({ caller: await anAdmin(), body: { ...body, ...over } });
    expect([response.status, response.body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test('is recorded', async () => {
    const { id, caller } = await aKey();
    const [row] = await users.database.query<{ message: string }>(
      `SELECT message FROM outbox WHERE type = 'USER_ACTION_RECORDED' AND strpos(message, $1) > 0`,
      [id],
    );
    expect(JSON.parse(row?.message ?? '{}')).toMatchObject({
      actor: { kind: 'staff', id: caller.userId },
      data: {
        action: 'create-api-key',
        target: { kind: 'api-key', id },
        details: { permissions: 'inventory:write,inventory:read' },
      },
    });
  });

  test('by an account that was disabled a moment ago is refused', async () => {
    const caller = await anAdmin();
    await change(`UPDATE users SET disabled_at = now() WHERE id = $1`, caller.userId);
    expect((await createKey({ caller, body })).status).toBe(404);
  });
});

describe.each([
  ['createKey', createKey, { body }],
  ['listKeys', listKeys, {}],
  ['revokeKey', revokeKey, { params: { id: newId() } }],
] as const)('%s', (_, call, request) => {
  test.each(['customer', 'support', 'catalogue', 'fulfilment', 'finance'] as const)(
    'is not for %s',
    async (role) => {
      expect((await call({ ...request, caller: { userId: newId(), roles: [role] } })).status).toBe(403);
    },
  );

  test('is not for a visitor', async () => {
    expect((await call(request)).status).toBe(401);
  });
});

describe('a key', () => {
  test('is allowed what it was given, under its own id', async () => {
    const { key, id, expiresAt } = await aKey();
    expect(await allowed(key)).toEqual({
      userId: id,
      apiKeyId: id,
      permissions: 'inventory:write,inventory:read',
      expiresAt: String(Math.floor(Date.parse(expiresAt) / 1000)),
    });
  });

  test.each([
    ['it has expired', `UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1`, 'id'],
    ['its creator is disabled', 'UPDATE users SET disabled_at = now() WHERE id = $1', 'createdBy'],
    ['its creator is erased', 'DELETE FROM users WHERE id = $1', 'createdBy'],
  ] as const)('is refused when %s, and no other', async (_, statement, field) => {
    const [ended, other] = [await aKey(), await aKey()];
    expect(await allowed(ended.key)).toMatchObject({ apiKeyId: ended.id });
    await change(statement, ended[field]);
    expect(await allowed(ended.key)).toBe('Unauthorized');
    expect(await allowed(other.key)).toMatchObject({ apiKeyId: other.id });
  });

  test('does no more than its creator may do now', async () => {
    const { key, createdBy } = await aKey({ permissions: ['inventory:read', 'users:roles'] });
    await grant(createdBy, 'catalogue');
    await change(`DELETE FROM user_roles WHERE user_id = $1 AND role = 'admin'`, createdBy);
    expect(await allowed(key)).toMatchObject({ permissions: 'inventory:read' });
  });

  test('with the secret or the id of another is refused', async () => {
    const [one, other] = [await aKey(), await aKey()];
    const [, , secret] = /^(shop_\w{32}_)(.+)$/.exec(other.key) ?? [];
    const idOf = ({ id }: { id: string }) => id.replaceAll('-', '');
    expect(await allowed(`shop_${idOf(one)}_${secret}`)).toBe('Unauthorized');
    expect(await allowed(`shop_${newId().replaceAll('-', '')}_${secret}`)).toBe('Unauthorized');
    expect(await allowed(`${one.key}a`)).toBe('Unauthorized');
    expect(await allowed(`shop_${idOf(one)}_`)).toBe('Unauthorized');
  });

  test('shows its last use, which is written at most once a minute', async () => {
    const { key, id, caller } = await aKey();
    const lastUse = async () =>
      (await listKeys({ caller, query: { limit: '100' } })).body.items.find((each) => each.id === id)
        ?.lastUsedAt;
    expect(await lastUse()).toBeUndefined();
    await allowed(key);
    const first = await lastUse();
    expect(Math.abs(Date.parse(first ?? '') - Date.now())).toBeLessThan(30_000);
    await allowed(key);
    expect(await lastUse()).toBe(first);
    await change(`UPDATE api_keys SET last_used_at = last_used_at - interval '61 s' WHERE id = $1`, id);
    await allowed(key);
    expect(Date.parse((await lastUse()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? ''));
  });
});

describe('revoking a key', () => {
  test('ends this one only; repeated, it finds none', async () => {
    const [ended, other] = [await aKey(), await aKey()];
    const request = { caller: ended.caller, params: { id: ended.id } };
    expect((await revokeKey(request)).status).toBe(204);
    expect(await revokeKey(request)).toMatchObject({ status: 404, body: { code: 'API_KEY_NOT_FOUND' } });
    expect(await allowed(ended.key)).toBe('Unauthorized');
    expect(await allowed(other.key)).toMatchObject({ apiKeyId: other.id });
  });

  test('refuses an id that is none', async () => {
    expect((await revokeKey({ caller: await anAdmin(), params: { id: 'all' } })).status).toBe(400);
  });
});

test('the list has pages, and refuses a cursor of another list', async () => {
  const { caller, id: first } = await aKey();
  const { id: second } = await aKey();
  const page = (await listKeys({ caller, query: { limit: '1' } })).body;
  const next = (await listKeys({ caller, query: { limit: '1', cursor: page.nextCursor! } })).body;
  expect([...page.items, ...next.items].map(({ id }) => id)).toEqual([second, first]);
  const cursor = Buffer.from('["sessions", 1]').toString('base64url');
  expect((await listKeys({ caller, query: { cursor } })).body.errors?.[0]?.field).toBe('cursor');
});

test('keys are deleted thirty days after they expired', async () => {
  const [old, recent] = [await aKey(), await aKey()];
  await change(`UPDATE api_keys SET expires_at = now() - interval '31 days' WHERE id = $1`, old.id);
  await change(`UPDATE api_keys SET expires_at = now() - interval '29 days' WHERE id = $1`, recent.id);
  await relayOutbox(scheduleEvent(new Date()), lambdaContext());
  const left = (await listKeys({ caller: old.caller, query: { limit: '100' } })).body.items;
  expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([recent.id]));
  expect(left.map(({ id }) => id)).not.toContain(old.id);
});
