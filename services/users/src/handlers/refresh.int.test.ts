import { decodeJwt } from 'jose';
import { furtherCalls } from '../../testing/calls.ts';
import { aRegistration, usersService } from '../../testing/users-service.ts';

const users = await usersService();
const { refresh, logout } = await furtherCalls();
await users.rotateKeys();

async function aSession() {
  const body = aRegistration();
  const account = await users.createAccount(body);
  const tokens = (await users.login({ email: body.email, password: body.password })).body;
  return { account, ...tokens };
}

/** Moves the use of an account's tokens so far back that their grace period has ended. */
const endGrace = (userId: string) =>
  users.database.query(
    `UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'
      WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
    [userId],
  );

const refused = (response: { status: number; body: { code?: string } }) => [
  response.status,
  response.body.code,
];

describe('going on with a session', () => {
  test('returns new tokens of the same user', async () => {
    const session = await aSession();
    const response = await refresh(session.refreshToken);
    expect(response.status).toBe(200);
    expect(decodeJwt(response.body.accessToken).sub).toBe(session.account.id);
    expect(response.body.refreshToken).not.toBe(session.refreshToken);
    expect((await refresh(response.body.refreshToken)).status).toBe(200);
  });

  test('ends the session when a token is presented again after the grace period, and no other session', async () => {
    const [stolen, other] = await Promise.all([aSession(), aSession()]);
    const next = (await refresh(stolen.refreshToken)).body.refreshToken;
    await endGrace(stolen.account.id);
    expect(refused(await refresh(stolen.refreshToken))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect(refused(await refresh(next))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  test('returns one successor to eight concurrent refreshes, with which the session goes on', async () => {
    const { refreshToken } = await aSession();
    const responses = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
    expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const successors = new Set(responses.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    const next = await refresh([...successors][0]!);
    expect(next.status).toBe(200);
    expect(next.body.refreshToken).not.toBe([...successors][0]);
  });

  test('returns the same successor again when the response was lost', async () => {
    const { refreshToken } = await aSession();
    const lost = (await refresh(refreshToken)).body.refreshToken;
    expect((await refresh(refreshToken)).body.refreshToken).toBe(lost);
  });

  test('stores nothing from which a successor follows without the token', async () => {
    const { refreshToken, account } = await aSession();
    const next = (await refresh(refreshToken)).body.refreshToken;
    const rows = await users.database.query(
      'SELECT t.* FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.user_id = $1',
      [account.id],
    );
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(next);
  });

  test('ends the session also when the copy is presented during a refresh', async () => {
    for (let race = 0; race < 20; race += 1) {
      const { refreshToken: used, account } = await aSession();
      const current = (await refresh(used)).body.refreshToken;
      await endGrace(account.id);
      const [goingOn] = await Promise.all([refresh(current), refresh(used)]);
      const last = goingOn.status === 200 ? goingOn.body.refreshToken : current;
      expect(refused(await refresh(last))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    }
  });

  test('refuses a token that is over thirty days old', async () => {
    const { refreshToken, account } = await aSession();
    await users.database.query(
      `UPDATE refresh_tokens SET expires_at = now() - interval '1 second'
        WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
      [account.id],
    );
    expect(refused(await refresh(refreshToken))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
  });

  test('refuses an unknown token', async () => {
    expect(refused(await refresh('made-up'))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
  });

  test('names the field when the token is missing', async () => {
    const response = await refresh('');
    expect([response.status, response.body]).toMatchObject([400, { errors: [{ field: 'refreshToken' }] }]);
  });
});

describe('signing out', () => {
  test('ends the session, also by an older token of it, and may be repeated', async () => {
    const session = await aSession();
    const next = (await refresh(session.refreshToken)).body.refreshToken;
    expect((await logout(session.refreshToken)).status).toBe(204);
    expect((await logout(session.refreshToken)).status).toBe(204);
    expect(refused(await refresh(next))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
  });

  test('ends the session also during a refresh', async () => {
    for (let race = 0; race < 20; race += 1) {
      const { refreshToken } = await aSession();
      const [goingOn] = await Promise.all([refresh(refreshToken), logout(refreshToken)]);
      const last = goingOn.status === 200 ? goingOn.body.refreshToken : refreshToken;
      expect(refused(await refresh(last))).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    }
  });

  test('accepts an unknown token', async () => {
    expect((await logout('made-up')).status).toBe(204);
  });
});
