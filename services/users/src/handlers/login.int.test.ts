import { partitionKey } from '#shared/limits/partition.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();

async function anAccount() {
  const body = aRegistration();
  await users.createAccount(body);
  return { email: body.email, password: body.password };
}

/** A hash with less memory and one pass. */
async function olderHash(password: string): Promise<string> {
  const { selectArgon2id } = await import('../adapters/argon2id.ts');
  const nonce = Buffer.alloc(16, 7);
  const argon2id = await selectArgon2id();
  const hash = await argon2id({
    message: Buffer.from(password),
    nonce,
    memory: 8192,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=8192,t=1,p=1$${base64(nonce)}$${base64(hash)}`;
}

describe('signing in', () => {
  beforeAll(() => users.rotateKeys({ onlyIfMissing: true }));

  test('returns an access token of 15 minutes and a refresh token', async () => {
    const response = await users.login(await anAccount());
    expect([response.status, response.body]).toEqual([
      200,
      {
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        tokenType: 'Bearer',
        expiresIn: 900,
        refreshToken: expect.stringMatching(/^[\w-]{43}$/),
        deviceToken: expect.stringMatching(/^[\w-]{43}$/),
      },
    ]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('accepts the address in any case, and the password in any Unicode form', async () => {
    const body = aRegistration({ password: 'caf\u00e9 au lait, please' });
    await users.createAccount(body);
    const response = await users.login({
      email: body.email.toUpperCase(),
      password: 'cafe\u0301 au lait, please',
    });
    expect(response.status).toBe(200);
  });

  test('returns the same response for a wrong password and an unknown address', async () => {
    const account = await anAccount();
    const wrong = await users.login({ ...account, password: 'not the password' });
    const unknown = await users.login({ email: 'nobody@example.com', password: 'not the password' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers));
  });

  test.each([
    ['an account', async () => (await anAccount()).email],
    ['no account', async () => aRegistration().email],
  ])('refuses the eleventh try for the address of %s, and says how long to wait', async (_, address) => {
    const email = await address();
    const tries = Array.from({ length: 11 }, () => users.login({ email, password: 'not the password' }));
    const responses = await Promise.all(tries);
    const limited = responses.filter(({ status }) => status === 429);
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(limited.map(({ body }) => body.code)).toEqual(['TOO_MANY_SIGN_INS']);
    const wait = Number(limited[0]?.headers['retry-after']);
    // One second more when the request that opened the window read the clock later than this one.
    expect(wait > 0 && wait <= 15 * 60 + 1).toBe(true);
  });

  test('lets fourteen right passwords at once in: they do not count', async () => {
    const account = await anAccount();
    const responses = await Promise.all(Array.from({ length: 14 }, () => users.login(account)));
    expect(responses.map(({ status }) => status)).toEqual(Array(14).fill(200));
    const [row] = await users.database.query('SELECT failures, pending FROM failed_attempts WHERE key = $1', [
      partitionKey('wrong-password-account', account.email),
    ]);
    expect(row).toEqual({ failures: 0, pending: 0 });
  });

  test('frees the places of attempts whose process died', async () => {
    const account = await anAccount();
    await users.login(account);
    const lost = (until: string) =>
      users.database.query(`UPDATE failed_attempts SET pending = 10, pending_until = now() + $1::interval`, [
        until,
      ]);
    await lost('30 seconds');
    const limited = await users.login(account);
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '1']);
    await lost('0 seconds');
    expect((await users.login(account)).status).toBe(200);
  });

  test('refuses even the right password while the address is limited', async () => {
    const account = await anAccount();
    for (let tries = 0; tries < 10; tries += 1)
      await users.login({ ...account, password: 'not the password' });
    expect((await users.login(account)).status).toBe(429);
  });

  test('resets the count after the right password', async () => {
    const account = await anAccount();
    for (let tries = 0; tries < 12; tries += 1) expect((await users.login(account)).status).toBe(200);
  });

  test('hashes the password again when its hash has older parameters, and once', async () => {
    const account = await anAccount();
    const hashOf = async () => {
      const [row] = await users.database.query<{ password_hash: string }>(
        'SELECT password_hash FROM users WHERE email = $1',
        [account.email],
      );
      return row!.password_hash;
    };
    const older = await olderHash(account.password);
    await users.database.query('UPDATE users SET password_hash = $2 WHERE email = $1', [
      account.email,
      older,
    ]);
    expect((await users.login({ ...account, password: 'not the password' })).status).toBe(401);
    expect(await hashOf()).toBe(older);
    expect((await users.login(account)).status).toBe(200);
    const upgraded = await hashOf();
    expect(upgraded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await users.login(account)).status).toBe(200);
    expect(await hashOf()).toBe(upgraded);
  });

  test.each([
    ['email', { email: 7, password: 'x' }],
    ['password', { email: 'a@example.com' }],
    ['password', { email: 'a@example.com', password: 'x'.repeat(129) }],
    ['remember', { email: 'a@example.com', password: 'x', remember: true }],
  ])('names %s when it is wrong', async (field, body) => {
    const response = await users.login(body);
    expect([response.status, response.body]).toEqual([
      400,
      expect.objectContaining({ errors: [{ field, message: expect.any(String) }] }),
    ]);
  });

  test('stores nothing that would allow taking over a session', async () => {
    const { body } = await users.login(await anAccount());
    const rows = await users.database.query<{ token_hash: Buffer }>('SELECT token_hash FROM refresh_tokens');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows.map((row) => row.token_hash.toString('base64url')))).not.toContain(
      body.refreshToken,
    );
  });
});
