import { newId } from '#shared/ids.ts';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';
import type { Credentials } from './user-reader.ts';

const users = await usersService();
const { refresh, authorize } = await furtherCalls();
await users.rotateKeys();
const app = await import('../app.ts');
const client = { address: '192.0.2.7', userAgent: 'Browser/1.0' };

async function anAccount() {
  const { email, password } = aRegistration();
  const account = await users.createAccount({ email, password });
  const credentials = (await app.accounts().byEmail(email)) as Credentials;
  return { account, credentials, signIn: async () => (await users.login({ email, password })).body };
}

const allowed = async ({ accessToken }: { accessToken: string }) =>
  authorize(`Bearer ${accessToken}`).then(
    ({ context }) => context?.['permissions'],
    (error: Error) => error.message,
  );
const set = (userId: string, assignment: string) =>
  users.database.query(`UPDATE users SET ${assignment} WHERE id = $1`, [userId]);
const sessionOf = async (userId: string) =>
  (
    await users.database.query<{ id: string; device: string; client_address: string }>(
      'SELECT * FROM sessions WHERE user_id = $1 ORDER BY id',
      [userId],
    )
  ).map(({ id }) => id);

describe('an access token', () => {
  test('grants what the roles of its account are now', async () => {
    const { account, signIn } = await anAccount();
    const tokens = await signIn();
    expect(await allowed(tokens)).not.toContain('users:read');
    await users.database.query(
      `INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, 'support', now())`,
      [account.id],
    );
    expect(await allowed(tokens)).toContain('users:read');
  });

  test.each([
    ['its session has expired', `UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = $1`],
    ['its session has ended', `DELETE FROM sessions WHERE user_id = $1`],
    ['all sessions have ended', `UPDATE users SET session_generation = session_generation + 1 WHERE id = $1`],
    ['its account is disabled', `UPDATE users SET disabled_at = now() WHERE id = $1`],
    ['its account is erased', `DELETE FROM users WHERE id = $1`],
  ])('is refused when %s, and no other', async (_, statement) => {
    const [ended, other] = [await anAccount(), await anAccount()];
    const [tokens, others] = [await ended.signIn(), await other.signIn()];
    expect(await allowed(tokens)).toContain('account:read');
    await users.database.query(statement, [ended.account.id]);
    expect(await allowed(tokens)).toBe('Unauthorized');
    expect(await allowed(others)).toContain('account:read');
  });
});

describe('ending all sessions', () => {
  test('ends all of the account but the one that is kept', async () => {
    const { account, signIn } = await anAccount();
    const [first, second] = [await signIn(), await signIn()];
    const [, kept = ''] = await sessionOf(account.id);
    await app.sessions().revokeAll(users.database, account.id, { except: kept });
    expect([await allowed(first), await allowed(second)]).toEqual([
      'Unauthorized',
      expect.stringContaining('account:read'),
    ]);
    expect([(await refresh(first.refreshToken)).status, (await refresh(second.refreshToken)).status]).toEqual(
      [401, 200],
    );
    await app.sessions().revokeAll(users.database, account.id);
    expect(await allowed(second)).toBe('Unauthorized');
  });

  test('does not bring back one that ended before', async () => {
    const { account, signIn } = await anAccount();
    const ended = await signIn();
    const [id = ''] = await sessionOf(account.id);
    await app.sessions().revokeAll(users.database, account.id);
    await app.sessions().revokeAll(users.database, account.id, { except: id });
    expect(await allowed(ended)).toBe('Unauthorized');
  });

  test('does not keep the session of another account', async () => {
    const [one, other] = [await anAccount(), await anAccount()];
    const tokens = await other.signIn();
    await app.sessions().revokeAll(users.database, one.account.id, {
      except: (await sessionOf(other.account.id))[0] ?? '',
    });
    expect(await allowed(tokens)).toContain('account:read');
  });

  test('with a change of the password ends also what is opened at the same time', async () => {
    for (let race = 0; race < 20; race += 1) {
      const { account, credentials } = await anAccount();
      // One statement, as change stores write: its snapshot does not contain a session that is opened while it waits.
      const change = set(
        account.id,
        `password_hash = 'changed', session_generation = session_generation + 1`,
      );
      const opened = await app.sessions().open(credentials, client, new Date());
      await change;
      const access = opened && { sessionId: opened.id, userId: account.id };
      expect(access && (await app.readSessionAccess()(access, new Date()))).toBeUndefined();
    }
  });
});

describe('opening a session', () => {
  test.each([
    ['the password has changed', `password_hash = 'changed'`],
    ['the account was disabled', 'disabled_at = now()'],
  ])('is refused when %s since it was checked', async (_, assignment) => {
    const { account, credentials } = await anAccount();
    await set(account.id, assignment);
    expect(await app.sessions().open(credentials, client, new Date())).toBeUndefined();
    expect(await sessionOf(account.id)).toEqual([]);
  });

  test('waits for a change of the password that is not committed yet', async () => {
    const { account, credentials } = await anAccount();
    const opening = await users.database.transaction(async (transaction) => {
      await transaction.query(`UPDATE users SET password_hash = 'changed' WHERE id = $1`, [account.id]);
      return { result: app.sessions().open(credentials, client, new Date()) };
    });
    expect(await opening.result).toBeUndefined();
  });
});

describe('a session', () => {
  test('ends ninety days after the sign-in, however often it is refreshed', async () => {
    const { account, signIn } = await anAccount();
    const tokens = await signIn();
    const expiries = async () =>
      users.database.query<{ days: number; bounded: boolean }>(
        `SELECT round(extract(epoch FROM s.expires_at - s.created_at) / 86400)::int AS days,
                bool_and(t.expires_at <= s.expires_at) AS bounded
           FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE s.user_id = $1 GROUP BY s.id`,
        [account.id],
      );
    expect(await expiries()).toEqual([{ days: 90, bounded: true }]);
    await users.database.query(
      `UPDATE sessions SET created_at = now() - interval '89 days', expires_at = now() + interval '1 day'
        WHERE user_id = $1`,
      [account.id],
    );
    await users.database.query(
      `UPDATE refresh_tokens SET expires_at = now() + interval '12 hours'
        WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
      [account.id],
    );
    expect((await refresh(tokens.refreshToken)).status).toBe(200);
    expect(await expiries()).toEqual([{ days: 90, bounded: true }]);
  });

  test('is deleted when it has expired or was not used for thirty days', async () => {
    const { account, signIn } = await anAccount();
    await signIn();
    await signIn();
    await signIn();
    const [expired, unused, used] = await sessionOf(account.id);
    await users.database.query(`UPDATE sessions SET expires_at = now() - interval '1 s' WHERE id = $1`, [
      expired,
    ]);
    await users.database.query(
      `UPDATE sessions SET last_used_at = now() - interval '31 days' WHERE id = $1`,
      [unused],
    );
    await app.sessions().deleteExpired(new Date());
    expect(await sessionOf(account.id)).toEqual([used]);
  });

  test('of an unknown account has no tokens', async () => {
    expect(await app.sessions().accountOf(newId())).toBeUndefined();
  });
});
