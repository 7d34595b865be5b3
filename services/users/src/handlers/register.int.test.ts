import { randomUUID } from 'node:crypto';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService({ RATE_LIMITS: '*-client=1000000/60,register-account=12/3600' });

const registrationsOf = (email: string) =>
  users.database.query<{ id: string; password_hash: string; name: string }>(
    'SELECT id, password_hash, name FROM registrations WHERE email = $1',
    [email],
  );
const accountsOf = async (email: string) =>
  (await users.database.query('SELECT FROM users WHERE email = $1', [email])).length;

describe('registering', () => {
  test('creates no account, and asks the owner of the address to confirm it', async () => {
    const body = aRegistration({ email: `Ada-${randomUUID()}@Example.com`, locale: 'pt-BR' });
    const email = body.email.toLowerCase();
    const response = await users.register({ body });
    expect([response.status, response.body]).toEqual([202, { status: 'accepted' }]);
    expect(await accountsOf(email)).toBe(0);
    const [registration] = await registrationsOf(email);
    expect(registration?.name).toBe('Ada Lovelace');
    expect(await users.mailsAskedFor(email)).toEqual(['EMAIL_VERIFICATION_REQUESTED']);
  });

  test('has the same response for an address that an account has, whose owner is told', async () => {
    const owner = await users.createAccount();
    const known = await users.register({ body: aRegistration({ email: owner.email.toUpperCase() }) });
    const unknown = await users.register({ body: aRegistration() });
    const comparable = ({ status, body, headers }: typeof known) => ({
      status,
      body,
      headers: Object.keys(headers).toSorted(),
    });
    expect(comparable(known)).toEqual(comparable(unknown));
    expect(await users.mailsAskedFor(owner.email)).toEqual(['KNOWN_EMAIL_GIVEN']);
  });

  test('publishes no text that its sender has chosen, and nothing that can be used as a token', async () => {
    const body = aRegistration({ name: 'Buy cheap watches' });
    await users.register({ body });
    const token = await users.mailedToken(body.email);
    const [row] = await users.database.query<{ message: string }>(
      'SELECT message FROM outbox WHERE message LIKE $1',
      [`%${body.email}%`],
    );
    expect(row!.message).not.toContain('watches');
    expect(row!.message).not.toContain(token);
    const stored = await users.database.query<{ row: string }>('SELECT t::text AS row FROM mail_tokens t');
    for (const { row: text } of stored) expect(text).not.toContain(token);
  });

  test('stores the password as argon2id with the cost that OWASP recommends', async () => {
    const body = aRegistration();
    await users.register({ body });
    const [row] = await registrationsOf(body.email);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('of one address, twenty times at once, is mailed as often as the limit allows', async () => {
    const body = aRegistration();
    const responses = await Promise.all(Array.from({ length: 20 }, () => users.register({ body })));
    const statuses = responses.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array(12).fill(202), ...Array(8).fill(429)]);
    expect(await users.mailsAskedFor(body.email)).toHaveLength(12);
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['email', { email: 7 }],
    ['password', { password: 'too short' }],
    ['password', { password: 'correct horse battery '.repeat(6) }],
    ['name', { name: '' }],
    ['name', { name: 'line\nbreak' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'You won: https://evil.example' }],
    ['name', { name: 'Claim it at evil.example' }],
    ['locale', { locale: 'not a locale' }],
    ['roles', { roles: ['admin'] }],
  ])('names %s when it is wrong', async (field, wrong) => {
    const body = aRegistration(wrong);
    const response = await users.register({ body });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    expect(response.headers['content-type']).toBe('application/problem+json');
  });

  test('refuses a password that only its normal form makes too short as beyond its schema', async () => {
    const response = await users.register({ body: aRegistration({ password: 'e\u0301'.repeat(9) }) });
    expect([response.status, response.body.code]).toEqual([422, 'UNPROCESSABLE_REQUEST']);
    expect(response.body.errors?.[0]?.field).toBe('password');
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

describe('registering with an Idempotency-Key', () => {
  const withKey = (body: object, key = randomUUID()) => ({ body, headers: { 'Idempotency-Key': key } });

  test('returns the first response again, and mails once', async () => {
    const body = aRegistration();
    const request = withKey(body);
    const first = await users.register(request);
    const second = await users.register(request);
    expect(second).toMatchObject({
      status: 202,
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    });
    expect(await users.mailsAskedFor(body.email)).toHaveLength(1);
  });

  test('stores one registration for ten concurrent requests', async () => {
    const body = aRegistration();
    const request = withKey(body);
    const responses = await Promise.all(Array.from({ length: 10 }, () => users.register(request)));
    for (const response of responses.filter(({ status }) => status !== 202))
      expect([response.status, response.body.code]).toEqual([409, 'REQUEST_IN_PROGRESS']);
    expect(await registrationsOf(body.email)).toHaveLength(1);
  });

  test.each([
    ['name', { name: 'Somebody Else' }],
    ['password', { password: 'another valid password' }],
  ])('refuses the key for another %s', async (_, other) => {
    const request = withKey(aRegistration());
    await users.register(request);
    const response = await users.register({ ...request, body: { ...request.body, ...other } });
    expect([response.status, response.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('stores no fast hash of the password', async () => {
    const request = withKey(aRegistration());
    await users.register(request);
    const { fingerprintOf } = await import('#shared/idempotency/request.ts');
    const rows = await users.database.query('SELECT FROM idempotency_keys WHERE fingerprint = $1', [
      fingerprintOf({}, {}, request.body),
    ]);
    expect(rows).toEqual([]);
  });
});
