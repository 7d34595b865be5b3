import { createHook } from 'node:async_hooks';
import { capturedLog } from '#shared/testing/captured-log.ts';
import { recordTransactions, tablesByTransaction } from '#shared/testing/transactions.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { getMe, updateMe, refresh, logout } = await furtherCalls();
await users.rotateKeys();

async function anAccount() {
  const registration = aRegistration();
  const account = await users.createAccount(registration);
  const caller = { userId: account.id, roles: ['customer'] as 'customer'[] };
  return { ...registration, account, caller };
}

/** How many argon2 hashes are computed while `work` runs: the cost of a password check, without its noise. */
async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let hashes = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'ARGON2REQUEST') hashes += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return hashes;
}

describe('signing in does the same work', () => {
  test('for an unknown account, a wrong password and the right password', async () => {
    const { email, password } = await anAccount();
    const attempts = [
      { email, password },
      { email, password: 'not the password' },
      { email: aRegistration().email, password },
    ];
    const hashes: number[] = [];
    for (const attempt of attempts) hashes.push(await hashesDuring(() => users.login(attempt)));
    expect(hashes).toEqual([1, 1, 1]);
  });
});

test('registering does the same work for an unknown address and one that an account has', async () => {
  const { email } = await anAccount();
  const writes = await recordTransactions(users.database, ['registrations', 'mail_tokens', 'outbox']);
  const [unknown, known] = [aRegistration(), aRegistration({ email })];
  const work: unknown[] = [];
  for (const body of [unknown, known]) {
    const hashes = await hashesDuring(() => users.register({ body }));
    work.push({ hashes, transactions: tablesByTransaction(await writes()) });
  }
  expect(work[0]).toMatchObject({
    hashes: 1,
    transactions: expect.arrayContaining(['mail_tokens, outbox, registrations']),
  });
  expect(work[1]).toEqual(work[0]);
});

describe('the attempts for an address', () => {
  test('are counted from zero again after fifteen minutes', async () => {
    const { email, password } = await anAccount();
    for (let attempt = 0; attempt < 11; attempt += 1) await users.login({ email, password: 'wrong' });
    expect((await users.login({ email, password })).status).toBe(429);
    const [row] = await users.database.query<{ seconds: number }>(
      `SELECT extract(epoch FROM max(blocked_until) - now())::int AS seconds FROM failed_attempts`,
    );
    expect(row!.seconds).toBeGreaterThan(14 * 60);
    expect(row!.seconds).toBeLessThanOrEqual(15 * 60);
    const past = `now() - interval '1 s'`;
    await users.database.query(`UPDATE failed_attempts SET blocked_until = ${past}, forgotten_at = ${past}`);
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await users.login({ email, password: 'wrong' })).status).toBe(401);
    expect((await users.login({ email, password })).status).toBe(429);
  });
});

test('a refresh token expires after thirty days, an access token after fifteen minutes', async () => {
  const { email, password, account } = await anAccount();
  const { body } = await users.login({ email, password });
  const [row] = await users.database.query<{ seconds: number }>(
    `SELECT extract(epoch FROM t.expires_at - t.issued_at)::int AS seconds
       FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.user_id = $1`,
    [account.id],
  );
  expect(row!.seconds).toBe(30 * 24 * 60 * 60);
  const { iat, exp } = JSON.parse(Buffer.from(body.accessToken.split('.')[1]!, 'base64url').toString());
  expect([exp - iat, body.expiresIn]).toEqual([15 * 60, 15 * 60]);
});

test('no log contains a password, a token, an address or a name', async () => {
  const registration = aRegistration({ name: 'Secret Lovelace' });
  const { email, password } = registration;
  let tokens = { accessToken: '', refreshToken: '' };
  const log = await capturedLog(async () => {
    const account = await users.createAccount(registration);
    const caller = { userId: account.id, roles: ['customer'] as 'customer'[] };
    await users.register({ body: registration });
    tokens = (await users.login({ email, password })).body;
    await users.login({ email, password: `${password}!` });
    await refresh(tokens.refreshToken);
    await refresh(tokens.refreshToken);
    await logout(tokens.refreshToken);
    const body = { name: `${registration.name} II`, locale: 'en' };
    const headers = { 'If-Match': '"1"' };
    await updateMe({ caller, headers, body });
    await getMe({ caller });
  });
  expect(log.match(/"message":"request"/g)).toHaveLength(8);
  for (const secret of [email, password, 'Lovelace', tokens.refreshToken, tokens.accessToken])
    expect([secret, secret !== '' && log.includes(secret)]).toEqual([secret, false]);
  expect(tokens.refreshToken).not.toBe('');
});
