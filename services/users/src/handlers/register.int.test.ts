import { randomUUID } from 'node:crypto';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();

const accountsOf = async (email: string) =>
  (await users.database.query('SELECT id FROM users WHERE email = $1', [email])).length;

describe('opening an account', () => {
  test('returns the account without the password, and announces it', async () => {
    const body = aRegistration({ email: 'Ada@Example.com', locale: 'pt-BR' });
    const response = await users.register({ body });
    expect([response.status, response.headers['location'], response.headers['etag']]).toEqual([
      201,
      '/api/v1/users/me',
      '"1"',
    ]);
    expect(response.body).toEqual({
      id: expect.any(String),
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      locale: 'pt-BR',
      roles: ['customer'],
      createdAt: expect.any(String),
      version: 1,
    });
    expect(await users.delivered(response.body.id)).toMatchObject({
      type: 'USER_REGISTERED',
      sequence: 1,
      data: { userId: response.body.id, email: 'ada@example.com', name: 'Ada Lovelace', locale: 'pt-BR' },
    });
  });

  test('stores the password as argon2id with the cost that OWASP recommends', async () => {
    const { body } = await users.register({ body: aRegistration() });
    const [row] = await users.database.query<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE id = $1',
      [body.id],
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('refuses an address that another account has, in any case', async () => {
    const body = aRegistration();
    await users.register({ body });
    const again = await users.register({ body: { ...body, email: body.email.toUpperCase() } });
    expect([again.status, again.body.code, again.body.errors?.[0]?.field]).toEqual([
      409,
      'EMAIL_TAKEN',
      'email',
    ]);
  });

  test('registers one of ten concurrent requests for one address, and announces one', async () => {
    const body = aRegistration();
    const responses = await Promise.all(Array.from({ length: 10 }, () => users.register({ body })));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
    expect(await accountsOf(body.email)).toBe(1);
    const { id } = responses.find(({ status }) => status === 201)!.body;
    const events = await users.database.query('SELECT aggregate_id FROM outbox WHERE message LIKE $1', [
      `%${body.email}%`,
    ]);
    expect(events).toEqual([{ aggregate_id: id }]);
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['email', { email: 7 }],
    ['password', { password: 'too short' }],
    ['password', { password: 'correct horse battery '.repeat(6) }],
    ['password', { password: 'e\u0301'.repeat(9) }],
    ['name', { name: '' }],
    ['name', { name: 'line\nbreak' }],
    ['name', { name: 'x'.repeat(201) }],
    ['locale', { locale: 'not a locale' }],
    ['roles', { roles: ['admin'] }],
  ])('names %s when it is wrong', async (field, wrong) => {
    const body = aRegistration(wrong);
    const response = await users.register({ body });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    expect(response.headers['content-type']).toBe('application/problem+json');
  });
});

test.each(['Password123', 'ｐａｓｓｗｏｒｄ１２３'])(
  'a password that is guessed first is refused: %s',
  async (password) => {
    const response = await users.register({ body: aRegistration({ password }) });
    expect([response.status, response.body.code, response.body.errors?.[0]?.field]).toEqual([
      422,
      'GUESSABLE_PASSWORD',
      'password',
    ]);
  },
);

describe('opening an account with an Idempotency-Key', () => {
  const withKey = (body: unknown, key = randomUUID()) => ({ body, headers: { 'Idempotency-Key': key } });

  test('returns the first response again, and creates one account', async () => {
    const request = withKey(aRegistration());
    const first = await users.register(request);
    const second = await users.register(request);
    expect(second).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    });
  });

  test('creates one account for ten concurrent requests', async () => {
    const request = withKey(aRegistration());
    const responses = await Promise.all(Array.from({ length: 10 }, () => users.register(request)));
    const ids = responses.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
    for (const { status, body } of responses.filter((response) => response.status !== 201))
      expect([status, body.code]).toEqual([409, 'REQUEST_IN_PROGRESS']);
  });

  test.each([
    ['name', { name: 'Somebody Else' }],
    ['password', { password: 'another valid password' }],
  ])('refuses the key for another %s', async (_, other) => {
    const request = withKey(aRegistration());
    await users.register(request);
    const response = await users.register({ ...request, body: { ...(request.body as object), ...other } });
    expect([response.status, response.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('frees the key when the address is taken', async () => {
    const taken = aRegistration();
    await users.register({ body: taken });
    const request = withKey(taken);
    expect((await users.register(request)).status).toBe(409);
    expect((await users.register({ ...request, body: aRegistration() })).status).toBe(201);
  });

  test('stores no fast hash of the password', async () => {
    const request = withKey(aRegistration());
    await users.register(request);
    const { fingerprintOf } = await import('#shared/idempotency/request.ts');
    const body = { ...(request.body as object), locale: 'en' };
    const rows = await users.database.query('SELECT FROM idempotency_keys WHERE fingerprint = $1', [
      fingerprintOf({}, {}, body),
    ]);
    expect(rows).toEqual([]);
  });
});
