import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { verifyEmail, resendVerification } = await furtherCalls();
await users.rotateKeys({ onlyIfMissing: true });

async function aPendingRegistration() {
  const body = aRegistration();
  await users.register({ body });
  return { ...body, token: await users.mailedToken(body.email) };
}

const signsIn = async ({ email, password }: { email: string; password: string }) =>
  (await users.login({ email, password })).status === 200;
const expire = (table: string, column: string, value: string) =>
  users.database.query(`UPDATE ${table} SET expires_at = now() - interval '1 s' WHERE ${column} = $1`, [
    value,
  ]);

describe('a registration', () => {
  test('cannot sign in before its address is confirmed, with the refusal of a wrong password', async () => {
    const { email, password } = await aPendingRegistration();
    const refused = await users.login({ email, password });
    const unknown = await users.login({ email: aRegistration().email, password });
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect(Object.keys(refused.body)).toEqual(Object.keys(unknown.body));
  });

  test('becomes an account by token and password: signed in, announced, and nothing of it is left', async () => {
    const { email, password, token } = await aPendingRegistration();
    const response = await verifyEmail({ token, password });
    expect([response.status, response.body]).toEqual([
      200,
      expect.objectContaining({
        tokenType: 'Bearer',
        refreshToken: expect.any(String),
        deviceToken: expect.any(String),
      }),
    ]);
    expect(await signsIn({ email, password })).toBe(true);
    const [account] = await users.database.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [
      email,
    ]);
    const events = await users.announced(account!.id);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['USER_REGISTERED', 1],
      ['EMAIL_VERIFIED', 2],
    ]);
    expect(await users.database.query('SELECT FROM registrations WHERE email = $1', [email])).toEqual([]);
    expect(await users.database.query('SELECT FROM mail_tokens WHERE email = $1', [email])).toEqual([]);
  });

  test('of a stranger’s address is worth nothing when the owner opens the link with another password', async () => {
    const thief = await aPendingRegistration();
    const owner = { email: thief.email, password: 'what the owner chose' };
    const refused = await verifyEmail({ token: thief.token, password: owner.password });
    expect([refused.status, refused.body.code]).toEqual([403, 'WRONG_PASSWORD']);
    // The owner registers too: both wait, and the owner's becomes the account.
    await users.register({ body: aRegistration(owner) });
    const token = await users.mailedToken(owner.email);
    expect((await verifyEmail({ token, password: owner.password })).status).toBe(200);
    expect((await verifyEmail({ token: thief.token, password: thief.password })).body.code).toBe(
      'INVALID_MAIL_TOKEN',
    );
    expect(await signsIn(thief)).toBe(false);
    expect(await signsIn(owner)).toBe(true);
  });

  test('does not admit guesses of its password: the eleventh is refused', async () => {
    const { token, password } = await aPendingRegistration();
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await verifyEmail({ token, password: 'not the password' })).status).toBe(403);
    expect((await verifyEmail({ token, password })).status).toBe(429);
  });

  test('is refused when its address has become an account’s', async () => {
    const { email, password, token } = await aPendingRegistration();
    await users.createAccount({ email });
    const refused = await verifyEmail({ token, password });
    expect([refused.status, refused.body.code]).toEqual([409, 'EMAIL_TAKEN']);
  });
});

describe('the token of a mail', () => {
  test('is used once, also by eight requests at once', async () => {
    const { token, password, email } = await aPendingRegistration();
    const responses = await Promise.all(Array.from({ length: 8 }, () => verifyEmail({ token, password })));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(422)]);
    expect(await users.database.query('SELECT FROM users WHERE email = $1', [email])).toHaveLength(1);
  });

  test.each([
    ['expired', 'mail_tokens'],
    ['of an expired registration', 'registrations'],
  ])('that is %s is refused', async (_, table) => {
    const { token, password, email } = await aPendingRegistration();
    await expire(table, 'email', email);
    expect((await verifyEmail({ token, password })).body.code).toBe('INVALID_MAIL_TOKEN');
  });

  test('is replaced by a newer one', async () => {
    const { token, password, email } = await aPendingRegistration();
    expect((await resendVerification(email)).status).toBe(202);
    expect((await verifyEmail({ token, password })).body.code).toBe('INVALID_MAIL_TOKEN');
    const newer = await users.mailedToken(email);
    expect((await verifyEmail({ token: newer, password })).status).toBe(200);
  });

  test.each([
    ['an id', 'id'],
    ['an unknown token', 'nothing'],
  ])('is not %s', async (_, kind) => {
    const { email, password } = await aPendingRegistration();
    const [row] = await users.database.query<{ id: string }>(
      'SELECT id FROM registrations WHERE email = $1',
      [email],
    );
    const token = kind === 'id' ? row!.id : 'A'.repeat(43);
    expect((await verifyEmail({ token, password })).status).toBe(422);
  });

  test.each([
    ['token', { token: 7 }],
    ['token', { token: '' }],
    ['password', { password: undefined }],
    ['code', { code: '123456' }],
  ])('names %s when it is wrong', async (field, wrong) => {
    const { token, password } = await aPendingRegistration();
    const response = await verifyEmail({ token, password, ...wrong });
    expect([response.status, response.body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});

describe('requesting the mail again', () => {
  test.each([
    ['a registration that waits', async () => (await aPendingRegistration()).email],
    ['an unknown address', async () => aRegistration().email],
    ['the address of an account', async () => (await users.createAccount()).email],
  ])('has the same response for %s', async (_, anAddress) => {
    const response = await resendVerification(await anAddress());
    expect([response.status, response.body]).toEqual([202, { status: 'accepted' }]);
  });

  test('mails nothing to an address without a registration', async () => {
    const { email } = await users.createAccount();
    await resendVerification(email);
    expect(await users.mailsAskedFor(email)).toEqual([]);
  });

  test('counts together with registrations: an address gets five mails an hour', async () => {
    const { RATE_LIMITS } = users.environment;
    expect(RATE_LIMITS).toContain('register-account=1000');
    const { email } = await aPendingRegistration();
    await users.database.query(`UPDATE request_limits SET used = 1000`);
    expect((await resendVerification(email)).status).toBe(429);
    expect((await users.register({ body: aRegistration({ email }) })).status).toBe(429);
    await users.database.query('DELETE FROM request_limits');
  });
});
